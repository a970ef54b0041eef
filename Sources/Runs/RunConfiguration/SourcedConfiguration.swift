/// A configuration whose values remember where they come from.
///
/// It is merged once: built-in values, what is advised, then layer after layer (a file, the flags, the
/// form of the explorer), of which the later ones win. What belongs to a model, a balancer or an
/// optimiser that a later layer replaces is left out: a rate that was chosen for one optimiser means
/// nothing to another.
public struct SourcedConfiguration: Sendable, Hashable {
  /// The values.
  public var configuration = RunConfiguration()
  /// By key, where its value comes from; what is not here is built in.
  public var sources: [String: ConfigurationSource] = [:]

  /// The built-in values.
  public init() {}

  /// Merges.
  ///
  /// - Parameters:
  ///   - layers: what was said, what wins last.
  ///   - advice: what is advised for data of a name and a model, the more special behind the general.
  /// - Throws: ``ConfigurationError`` for a key that does not exist and for a value of another form,
  ///   even if a later layer replaces it.
  public init(
    _ layers: [ConfigurationLayer],
    advice: (_ data: String, _ model: String) -> [ConfigurationLayer] = { _, _ in [] }
  ) throws(ConfigurationError) {
    func last(_ name: String) -> String? { layers.lazy.compactMap { $0.text(of: name) }.last }
    let advised = advice(
      last("data") ?? configuration.data.name, last("model") ?? configuration.model)
    let entries = try Self.entries(of: layers, above: advised)
    for line in ConfigurationKey.lines {
      switch line {
      case .key(let key): take(entries[key.name], as: key)
      case .family(let family):
        for name in entries.keys.sorted() where name.hasPrefix("\(family.name).") {
          let key = family.key(String(name.dropFirst(family.name.count + 1)), configuration)
          if let key { take(entries[name], as: key) }
        }
      }
    }
    for setting in advised.flatMap(\.entries) where setting.name.hasPrefix("model.") {
      configuration.advisedOptions[String(setting.name.dropFirst("model.".count))] =
        setting.texts.last
    }
  }

  private mutating func take(_ setting: ConfigurationLayer.Entry?, as key: ConfigurationKey) {
    guard let setting else { return }
    key.take(setting.texts, &configuration)
    sources[key.name] = setting.source
  }

  /// Where a key's value comes from.
  public func source(of key: String) -> ConfigurationSource { sources[key] ?? .builtIn }
}

// MARK: - What counts

extension SourcedConfiguration {
  /// What the keys of others belong to: choices of a model, of a balancer, of an optimiser with its
  /// rate, and of the rate's schedule.
  private static let owners: [(name: String, owned: @Sendable (String) -> Bool)] = [
    ("model", { $0.hasPrefix("model.") }), ("balancer", { $0.hasPrefix("balancer.") }),
    ("optimizer", { $0.hasPrefix("optimizer.") || $0 == "lr" || $0 == "warm-up" }),
    ("schedule", { $0.hasPrefix("schedule.") }),
  ]

  /// By key, what was said last of those that count.
  private static func entries(
    of layers: [ConfigurationLayer], above advised: [ConfigurationLayer]
  ) throws(ConfigurationError) -> [String: ConfigurationLayer.Entry] {
    let all = advised + layers
    var left = Set<String>()
    for owner in owners {
      let chosen = chosen(owner.name, in: all)
      for (index, layer) in all.enumerated() {
        // Advice for a model is advice for the one that was chosen in the end.
        let isAdvice = index < advised.count && owner.name == "model"
        guard !isAdvice, chosen[index] != chosen.last else { continue }
        left.formUnion(layer.entries.map(\.name).filter(owner.owned).map { "\(index) \($0)" })
      }
    }
    let (optimizers, schedules) = (chosen("optimizer", in: all), chosen("schedule", in: all))
    var entries: [String: ConfigurationLayer.Entry] = [:]
    for (index, layer) in all.enumerated() {
      for setting in layer.entries {
        try check(setting, optimizer: optimizers[index], schedule: schedules[index])
        if !left.contains("\(index) \(setting.name)") { entries[setting.name] = setting }
      }
    }
    return entries
  }

  /// By layer, what an owner is there: what was said last, there or before.
  private static func chosen(_ owner: String, in layers: [ConfigurationLayer]) -> [String] {
    var current = RunConfiguration()[keyed: owner].first ?? ""
    return layers.map { layer in
      current = layer.text(of: owner) ?? current
      return current
    }
  }

  private static func check(
    _ setting: ConfigurationLayer.Entry, optimizer: String, schedule: String
  ) throws(ConfigurationError) {
    var configuration = RunConfiguration()
    configuration.optimizer.rule = .init(word: optimizer) ?? configuration.optimizer.rule
    configuration.rateSchedule = .init(word: schedule) ?? configuration.rateSchedule
    guard let key = ConfigurationKey.named(setting.name, in: configuration) else {
      throw ConfigurationError(
        setting.name, ConfigurationKey.missing(setting.name, in: configuration), setting.source)
    }
    for text in setting.texts where !key.form.accepts(text) {
      throw ConfigurationError(setting.name, .wrongValue(key.form, found: text), setting.source)
    }
  }
}

// MARK: - Finding keys

extension ConfigurationKey {
  /// The key of a name; nil if there is none, or none with this optimiser and schedule.
  public static func named(
    _ name: String, in configuration: RunConfiguration = RunConfiguration()
  ) -> ConfigurationKey? {
    for line in lines {
      switch line {
      case .key(let key): if key.name == name { return key }
      case .family(let family):
        guard name.hasPrefix("\(family.name).") else { continue }
        return family.key(String(name.dropFirst(family.name.count + 1)), configuration)
      }
    }
    return nil
  }

  /// What is wrong with a name that is no key: another optimiser or schedule has it, or none.
  fileprivate static func missing(
    _ name: String, in configuration: RunConfiguration
  ) -> ConfigurationError.What {
    let optimizers = OptimizerConfiguration.Rule.all.map { ($0.word, $0.options.map(\.name)) }
    let schedules = RateSchedule.all.map { ($0.word, $0.options.map(\.name)) }
    for (owner, words) in [("optimizer", optimizers), ("schedule", schedules)] {
      let having = words.filter { $0.1.contains { name == "\(owner).\($0)" } }.map(\.0)
      guard !having.isEmpty else { continue }
      return .otherWord(
        owner: owner, word: configuration[keyed: owner].first ?? "", having: having)
    }
    return .unknownKey(known: names(in: configuration, near: name))
  }

  /// The names that may have been meant by one that is unknown: those of its family, or all.
  static func names(in configuration: RunConfiguration, near name: String) -> [String] {
    let all = lines.flatMap { line in
      switch line {
      case .key(let key): [key.name]
      case .family(let family):
        family.known(configuration)?.map { "\(family.name).\($0)" } ?? ["\(family.name).…"]
      }
    }
    guard let dot = name.firstIndex(of: ".") else { return all }
    let family = all.filter { $0.hasPrefix(name[...dot]) }
    return family.isEmpty ? all : family
  }
}

extension RunConfiguration {
  /// Every value as text under its key's name, in the order of the table of keys.
  public var entries: [(key: ConfigurationKey, texts: [String])] {
    ConfigurationKey.lines.flatMap { line -> [ConfigurationKey] in
      switch line {
      case .key(let key): return [key]
      case .family(let family):
        return family.names(self).compactMap { family.key($0, self) }
      }
    }
    .map { ($0, $0.texts(self)) }
  }

  /// The texts of a key; none for a name that is no key.
  public subscript(keyed name: String) -> [String] {
    ConfigurationKey.named(name, in: self)?.texts(self) ?? []
  }
}
