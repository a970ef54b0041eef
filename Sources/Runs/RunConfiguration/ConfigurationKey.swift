/// A value of a configuration under the name by which flags, files and forms call it.
///
/// Names are those of the flags without `--`; choices of the model, the balancer and the optimiser are
/// `model.experts`, `balancer.relax`, `optimizer.beta1`.
public struct ConfigurationKey: Sendable {
  /// The name.
  public let name: String
  /// What may stand there.
  public let form: SettingForm
  /// The value as text; empty where there is nothing to say, several for what may be said repeatedly.
  let texts: @Sendable (RunConfiguration) -> [String]
  /// Takes texts of the right form.
  let take: @Sendable ([String], inout RunConfiguration) -> Void

  init(
    _ name: String, _ form: SettingForm,
    texts: @escaping @Sendable (RunConfiguration) -> [String],
    take: @escaping @Sendable ([String], inout RunConfiguration) -> Void
  ) {
    (self.name, self.form, self.texts, self.take) = (name, form, texts, take)
  }

  /// A value whose text is that of its type.
  init<Value: LosslessStringConvertible>(
    _ name: String, _ form: SettingForm,
    _ path: WritableKeyPath<RunConfiguration, Value> & Sendable
  ) {
    self.init(name, form) {
      ["\($0[keyPath: path])"]
    } take: { texts, configuration in
      if let value = texts.last.flatMap(Value.init) { configuration[keyPath: path] = value }
    }
  }

  /// A value that may be left out, which is said by `none`, or not at all.
  init<Value: LosslessStringConvertible>(
    _ name: String, _ form: SettingForm, isNoneSaid: Bool,
    _ path: WritableKeyPath<RunConfiguration, Value?> & Sendable
  ) {
    let nothing = isNoneSaid ? [SettingForm.none] : []
    self.init(name, isNoneSaid ? .orNone(form) : form) {
      $0[keyPath: path].map { ["\($0)"] } ?? nothing
    } take: { texts, configuration in
      configuration[keyPath: path] =
        isNoneSaid && texts.last == SettingForm.none ? nil : texts.last.flatMap(Value.init)
    }
  }

  /// Whether runs that differ in the value alone differ in their bits.
  public var decides: Bool { !Self.changingNothing.contains(name) }

  /// The names of the keys whose values change no bit of a run.
  public static let changingNothing = ["threads", "pace", "paused"]
}

/// Keys that share what stands before their dot.
struct ConfigurationFamily: Sendable {
  /// What stands before the dot.
  let name: String
  /// The names behind the dot that a configuration has values for.
  let names: @Sendable (RunConfiguration) -> [String]
  /// The key of a name behind the dot; nil where the configuration can have no such value.
  let key: @Sendable (String, RunConfiguration) -> ConfigurationKey?
  /// The names that may stand behind the dot; nil where only the engine knows.
  var known: @Sendable (RunConfiguration) -> [String]? = { _ in nil }
}

/// A line of the table of keys.
enum ConfigurationLine: Sendable {
  case key(ConfigurationKey)
  case family(ConfigurationFamily)
}

// MARK: - The table

extension ConfigurationKey {
  /// Every key, in the order in which a configuration is written and taken: what others depend on first.
  static let lines: [ConfigurationLine] =
    dataLines + [
      .key(.init("model", .text, \.model)), .family(.model),
      .key(
        .init("balancer", .text) {
          [$0.balancer.name]
        } take: { texts, configuration in
          guard let name = texts.last, name != configuration.balancer.name else { return }
          configuration.balancer = BalancerSetting(name)
        }),
      .family(.balancer),
      .key(.init("seed", .seed, \.seed)),
      .key(.init("embedding", .whole(1...1024), \.embeddingWidth)),
      .key(.init("dropout", .upTo(TrainingDefaults.mostDropout), \.dropout)),
      .key(.init("batch", .whole(1...1_048_576), \.batchSize)),
      .key(.init("accumulate", .whole(TrainingDefaults.accumulated), \.accumulate)),
      .key(
        .init("window", .rowsOrAll) {
          $0.window.map { [$0 == .max ? SettingForm.all : "\($0)"] } ?? []
        } take: { texts, configuration in
          // More rows than there can be are all of them.
          configuration.window = texts.last.flatMap { $0 == SettingForm.all ? .max : Int($0) }
        }),
      .key(.init("epochs", .whole(1...100_000), \.epochs)),
      .key(.init("patience", .whole(0...100_000), \.patience)),
      .key(.init("label-smoothing", .atMostHalf, \.labelSmoothing)),
    ] + optimizerLines + [
      .key(
        .init(
          "evaluate-every", .whole(1...1_000_000_000), isNoneSaid: true, \.evaluationInterval)),
      .key(
        .init("keep", .keepRule) {
          ["\($0.keep)"]
        } take: { texts, configuration in
          if let rule = texts.last.flatMap({ try? KeepRule(parsing: $0) }) {
            configuration.keep = rule
          }
        }),
      .key(
        .init("stop", .orNone(.taskScore)) {
          [$0.stop.map { "\($0)" } ?? SettingForm.none]
        } take: { texts, configuration in
          configuration.stop = texts.last.flatMap { try? KeepRule(parsingScore: $0) }
        }),
      .key(
        .init("time", .orNone(.duration)) {
          [$0.timeLimitSeconds.map(SettingForm.durationText) ?? SettingForm.none]
        } take: { texts, configuration in
          configuration.timeLimitSeconds = texts.last.flatMap(SettingForm.seconds)
        }),
      .key(
        .init("at", .scheduled) {
          $0.schedule.map(\.description)
        } take: { texts, configuration in
          configuration.schedule = texts.compactMap { try? .init(parsing: $0) }
        }),
      .key(.init("threads", .whole(TrainingDefaults.threadCounts), \.threads)),
      .key(
        .init("pace", .pace) {
          ["\($0.stepsPerSecondLimit ?? 0)"]
        } take: { texts, configuration in
          let pace = texts.last.flatMap(Double.init) ?? 0
          configuration.stepsPerSecondLimit = pace > 0 ? pace : nil
        }),
      .key(.init("paused", .flag, \.startsPaused)),
    ]

  private static let dataLines: [ConfigurationLine] = [
    .key(.init("data", .text, \.data.name)),
    .key(.init("path", .text, isNoneSaid: false, \.data.folder)),
    .key(.init("group", .text, isNoneSaid: false, \.data.group)),
    .key(.init("data.hash", .text, isNoneSaid: false, \.data.hash)),
  ]

  private static let optimizerLines: [ConfigurationLine] = [
    .key(
      .init("optimizer", .words(OptimizerConfiguration.Rule.all.map(\.word))) {
        [$0.optimizer.rule.word]
      } take: { texts, configuration in
        guard let rule = texts.last.flatMap(OptimizerConfiguration.Rule.init(word:)),
          rule.word != configuration.optimizer.rule.word
        else { return }
        configuration.optimizer.rule = rule
        configuration.optimizer.weightDecay = rule.usualWeightDecay
      }),
    .family(.optimizer),
    .key(.init("lr", .positive, \.learningRate)),
    .key(.init("warm-up", .whole(0...1_000_000_000), \.warmUpSteps)),
    .key(
      .init("schedule", .words(RateSchedule.all.map(\.word))) {
        [$0.rateSchedule.word]
      } take: { texts, configuration in
        guard let schedule = texts.last.flatMap(RateSchedule.init(word:)),
          schedule.word != configuration.rateSchedule.word
        else { return }
        configuration.rateSchedule = schedule
      }),
    .family(.schedule),
    .key(
      .init("tables", .words(OptimizerConfiguration.Tables.allCases.map(\.rawValue))) {
        [$0.optimizer.tables.rawValue]
      } take: { texts, configuration in
        if let tables = texts.last.flatMap(OptimizerConfiguration.Tables.init) {
          configuration.optimizer.tables = tables
        }
      }),
    .key(.init("clip", .positive, isNoneSaid: true, \.optimizer.clipNorm)),
    .key(.init("weight-decay", .notNegative, \.optimizer.weightDecay)),
    .family(.groups("rate", \.optimizer.rates)), .family(.groups("l2", \.optimizer.l2)),
  ]
}

extension ConfigurationFamily {
  /// What may be chosen about the model, which the registry of models knows.
  static let model = choices("model", \.modelOptions)
  /// What may be chosen about the balancer, which the registry of balancers knows.
  static let balancer = choices("balancer", \.balancer.options)

  private static func choices(
    _ family: String, _ path: WritableKeyPath<RunConfiguration, [String: String]> & Sendable
  ) -> Self {
    ConfigurationFamily(name: family) {
      $0[keyPath: path].keys.sorted()
    } key: { name, _ in
      guard !name.isEmpty else { return nil }
      return ConfigurationKey("\(family).\(name)", .choice) {
        $0[keyPath: path][name].map { [$0] } ?? []
      } take: { texts, configuration in
        configuration[keyPath: path][name] = texts.last
      }
    }
  }

  /// The numbers of the schedule of the rate, whose names depend on its kind.
  static let schedule = ConfigurationFamily(name: "schedule") {
    $0.rateSchedule.options.map(\.name)
  } key: { name, configuration in
    guard configuration.rateSchedule.options.contains(where: { $0.name == name }) else {
      return nil
    }
    return ConfigurationKey("schedule.\(name)", RateSchedule.form(of: name)) {
      $0.rateSchedule.options.first { $0.name == name }.map { ["\($0.value)"] } ?? []
    } take: { texts, configuration in
      guard let value = texts.last.flatMap(Double.init) else { return }
      configuration.rateSchedule = configuration.rateSchedule.with(value, for: name)
    }
  } known: {
    $0.rateSchedule.options.map(\.name)
  }

  /// Numbers by group of parameters, whose names only the model knows.
  static func groups(
    _ family: String, _ path: WritableKeyPath<RunConfiguration, [String: Double]> & Sendable
  ) -> Self {
    ConfigurationFamily(name: family) {
      $0[keyPath: path].keys.sorted()
    } key: { name, _ in
      guard !name.isEmpty else { return nil }
      return ConfigurationKey("\(family).\(name)", .notNegative) {
        $0[keyPath: path][name].map { ["\($0)"] } ?? []
      } take: { texts, configuration in
        configuration[keyPath: path][name] = texts.last.flatMap(Double.init)
      }
    }
  }

  /// The numbers of the optimiser's rule, whose names depend on the rule.
  static let optimizer = ConfigurationFamily(name: "optimizer") {
    $0.optimizer.rule.options.map(\.name)
  } key: { name, configuration in
    guard let option = configuration.optimizer.rule.options.first(where: { $0.name == name })
    else { return nil }
    return ConfigurationKey("optimizer.\(name)", OptimizerConfiguration.Rule.form(of: option)) {
      guard let option = $0.optimizer.rule.options.first(where: { $0.name == name }) else {
        return []
      }
      return [option.isFlag ? "\(option.value != 0)" : "\(option.value)"]
    } take: { texts, configuration in
      guard let text = texts.last else { return }
      let value = option.isFlag ? (text == "true" ? 1 : 0) : Double(text)
      guard let value else { return }
      configuration.optimizer.rule = configuration.optimizer.rule.with(value, for: name)
    }
  } known: {
    $0.optimizer.rule.options.map(\.name)
  }
}
