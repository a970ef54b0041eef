import Testing

@testable import Runs

@Suite("Keys of a configuration") struct RunConfigurationKeyTests {
  /// A configuration that differs from the default in everything.
  static let other: RunConfiguration = {
    var other = RunConfiguration()
    other.data = DataSelection("a b/schema.yaml", folder: "/tmp/d: e", group: "user", hash: "0f")
    (other.model, other.modelOptions) = ("ple", ["levels": "2", "note": "a \"b\"\n\u{1b}[0m #c"])
    other.balancer = BalancerSetting("metabalance", options: ["relax": "0.5", "target": ""])
    (other.seed, other.embeddingWidth, other.batchSize) = (.max, 3, 5)
    (other.epochs, other.patience, other.warmUpSteps) = (7, 9, 11)
    (other.learningRate, other.labelSmoothing) = (0.1 + 0.2, 0.05)
    (other.dropout, other.accumulate, other.window) = (0.3, 4, 2_048)
    other.optimizer = OptimizerConfiguration(
      .adagrad(epsilon: 1e-7, initial: 0.1, isRowWise: true), tables: .dense, clipNorm: 1.5,
      weightDecay: 1e-5)
    (other.optimizer.rates, other.optimizer.l2) = (["embeddings": 0.5, "a.b": 0], ["towers": 1e-9])
    other.rateSchedule = .oneCycle(start: 0.1, peak: 0.25, minimum: 0.01)
    (other.stop, other.timeLimitSeconds) = (.score(task: "b", name: "logloss"), 90.5)
    other.evaluationInterval = 13
    other.keep = .score(task: "a task", name: "auc")
    other.schedule = [
      .init(step: 5, command: .setTask("click on", isOn: false)),
      .init(step: 2, command: .together([.setTask("a", isOn: true), .setTaskWeight("b", 0.25)])),
      .init(step: 9, command: .setBalancer(BalancerSetting("pcgrad", options: ["x": "1 2"]))),
    ]
    (other.threads, other.stepsPerSecondLimit, other.startsPaused) = (3, 0.5, true)
    return other
  }()

  private func layer(of configuration: RunConfiguration) -> ConfigurationLayer {
    ConfigurationLayer(
      configuration.entries.filter { !$0.texts.isEmpty }
        .map { .init($0.key.name, $0.texts, .builtIn) })
  }

  @Test("a configuration is its entries: each value comes back as it was") func entries() throws {
    #expect(try SourcedConfiguration([layer(of: Self.other)]).configuration == Self.other)
    let plain = RunConfiguration()
    #expect(try SourcedConfiguration([layer(of: plain)]).configuration == plain)
    for rule in OptimizerConfiguration.Rule.all {
      var configuration = Self.other
      configuration.optimizer.rule = rule
      #expect(try SourcedConfiguration([layer(of: configuration)]).configuration == configuration)
    }
  }

  /// A property without a key could be neither printed nor read nor kept.
  @Test("every property has a key") func properties() {
    let (plain, other) = (RunConfiguration(), Self.other)
    let apart: Set = ["advisedOptions"]
    for (name, differs) in Self.differences(plain, other) where !apart.contains(name) {
      #expect(differs, "\(name) is not changed by this test")
    }
    var rebuilt = plain
    for (key, texts) in other.entries { key.take(texts, &rebuilt) }
    // The keys of the optimiser's rule are there only behind the rule.
    #expect(rebuilt == other)
  }

  private static func differences(
    _ left: RunConfiguration, _ right: RunConfiguration
  ) -> [(String, Bool)] {
    let parts = [
      (Mirror(reflecting: left), Mirror(reflecting: right)),
      (Mirror(reflecting: left.data), Mirror(reflecting: right.data)),
      (Mirror(reflecting: left.optimizer), Mirror(reflecting: right.optimizer)),
      (Mirror(reflecting: left.balancer), Mirror(reflecting: right.balancer)),
    ]
    return parts.flatMap { left, right in
      zip(left.children, right.children).map { ($0.label ?? "", "\($0.value)" != "\($1.value)") }
    }
  }

  @Test("a key takes its own form only") func forms() {
    let wrong: [(String, [String])] = [
      ("lr", ["0", "-1", "nan", "inf", "x", ""]), ("batch", ["0", "1048577", "1.5", ""]),
      ("epochs", ["0", "100001"]), ("accumulate", ["0", "1025", "2.0"]),
      ("window", ["0", "-1", "none", "2.5", ""]),
      ("patience", ["-1"]),
      ("threads", ["0", "257"]),
      ("embedding", ["0", "1025"]), ("dropout", ["-0.1", "0.951", "nan", "", "a"]),
      ("seed", ["-1", "18446744073709551616"]),
      ("optimizer", ["adamw2", "Adam", ""]), ("tables", ["sparse"]), ("clip", ["0", "nothing"]),
      ("weight-decay", ["-0.1", "inf"]), ("evaluate-every", ["0", ""]), ("keep", ["best", "a:b"]),
      ("at", ["5", "x:pause", "-1:pause", "5:nonsense"]), ("pace", ["-1", "0.0001", "1000001"]),
      ("paused", ["yes"]), ("optimizer.beta1", ["-1", "x"]), ("data", [""]), ("model", [""]),
      ("label-smoothing", ["-0.1", "0.51", "1", "nan", "x", ""]),
    ]
    for (name, texts) in wrong {
      for text in texts {
        let error = #expect(throws: ConfigurationError.self, "\(name): \(text)") {
          _ = try SourcedConfiguration([.init([.init(name, [text], .flag("--\(name)"))])])
        }
        #expect(error?.key == name)
      }
    }
    let right = [
      ("clip", "none"), ("evaluate-every", "none"), ("seed", "18446744073709551615"),
      ("lr", "1e-3"), ("patience", "0"), ("keep", "click:auc"), ("pace", "0"),
      ("label-smoothing", "0"), ("label-smoothing", "0.5"),
      ("dropout", "0"), ("dropout", "0.95"), ("window", "all"), ("window", "1"),
    ]
    for (name, text) in right {
      #expect(ConfigurationKey.named(name)?.form.accepts(text) == true, "\(name): \(text)")
    }
  }
}

@Suite("Merging a configuration") struct SourcedConfigurationTests {
  private func layer(_ source: ConfigurationSource, _ values: [(String, String)])
    -> ConfigurationLayer
  {
    ConfigurationLayer(values.map { .init($0, [$1], source) })
  }

  /// By key, three values of the right form.
  private static let values: [(String, [String])] = [
    ("data", ["a", "b", "c"]), ("path", ["/a", "/b", "/c"]), ("group", ["a", "b", "c"]),
    ("data.hash", ["0a", "0b", "0c"]), ("model", ["omoe", "ple", "esmm"]),
    ("model.experts", ["2", "3", "4"]), ("balancer", ["pcgrad", "mgda", "famo"]),
    ("balancer.relax", ["0.1", "0.2", "0.3"]), ("seed", ["2", "3", "4"]),
    ("embedding", ["2", "3", "4"]), ("dropout", ["0.1", "0.2", "0.3"]),
    ("batch", ["2", "3", "4"]), ("accumulate", ["2", "3", "4"]), ("window", ["1", "2048", "4096"]),
    ("epochs", ["2", "3", "4"]),
    ("patience", ["3", "4", "5"]), ("label-smoothing", ["0.1", "0.2", "0.5"]),
    ("optimizer", ["sgd", "adagrad", "sgd"]),
    ("optimizer.beta1", ["0.1", "0.2", "0.3"]), ("rate.embeddings", ["0.1", "0.2", "0.3"]),
    ("l2.towers.0", ["0.1", "0.2", "0.3"]), ("lr", ["0.1", "0.2", "0.3"]),
    ("warm-up", ["2", "3", "4"]), ("tables", ["dense", "dense", "dense"]),
    ("clip", ["2.0", "none", "4.0"]), ("weight-decay", ["0.1", "0.2", "0.3"]),
    ("evaluate-every", ["2", "none", "4"]), ("keep", ["last", "a:auc", "b:auc"]),
    ("schedule", ["cosine", "step", "one-cycle"]), ("stop", ["a:auc", "none", "b:logloss"]),
    ("time", ["2.0s", "none", "90.0s"]),
    ("at", ["2:pause", "3:pause", "4:pause"]), ("threads", ["3", "4", "5"]),
    ("pace", ["3.0", "4.0", "5.0"]), ("paused", ["true", "true", "true"]),
  ]

  @Test("the later of two layers wins, for each key, and is remembered") func order() throws {
    let file = ConfigurationSource.file(path: "run.yaml", line: 3)
    for (name, values) in Self.values {
      let advice = layer(.advice("sample"), [(name, values[0])])
      let low = layer(file, [(name, values[1])])
      let high = layer(.flag("--x"), [(name, values[2])])
      for (layers, value, source) in [
        ([], values[0], ConfigurationSource.advice("sample")), ([low], values[1], file),
        ([high], values[2], .flag("--x")), ([low, high], values[2], .flag("--x")),
        ([high, low], values[1], file),
      ] {
        let merged = try SourcedConfiguration(layers) { _, _ in [advice] }
        #expect(merged.configuration[keyed: name] == [value], "\(name) of \(layers)")
        #expect(merged.source(of: name) == source, "\(name) of \(layers)")
      }
    }
    let names = Self.values.map(\.0)
    for line in ConfigurationKey.lines {
      switch line {
      case .key(let key): #expect(names.contains(key.name), "\(key.name)")
      case .family(let family):
        // A schedule's choices are there only behind their schedule; see below.
        let isTried = names.contains { $0.hasPrefix("\(family.name).") }
        #expect(isTried || family.name == "schedule", "\(family.name)")
      }
    }
    #expect(try SourcedConfiguration([]).source(of: "lr") == .builtIn)
  }

  @Test("choices of a schedule belong to it, and are left out with it") func schedule() throws {
    let file = layer(.form, [("schedule.minimum", "0.25"), ("schedule", "cosine")])
    #expect(
      try SourcedConfiguration([file]).configuration.rateSchedule == .cosine(minimum: 0.25))
    let flags = layer(.flag("--schedule"), [("schedule", "one-cycle")])
    #expect(try SourcedConfiguration([file, flags]).configuration.rateSchedule == .oneCycle())
    let more = layer(.flag("--set"), [("schedule.peak", "0.5")])
    #expect(
      try SourcedConfiguration([file, flags, more]).configuration.rateSchedule
        == .oneCycle(peak: 0.5))
    for (name, text) in [("schedule.peak", "0.5"), ("schedule.minimum", "-1")] {
      #expect(throws: ConfigurationError.self, "\(name)") {
        try SourcedConfiguration([file, layer(.flag("--set"), [(name, text)])])
      }
    }
  }

  @Test("advice is asked for the data and the model that win") func advice() throws {
    var asked: [String] = []
    let merged = try SourcedConfiguration([
      layer(.form, [("data", "a"), ("model", "x")]), layer(.flag("--data"), [("data", "b")]),
    ]) { data, model in
      asked.append("\(data) \(model)")
      return [layer(.advice(data), [("batch", "7"), ("model.experts", "4")])]
    }
    #expect(asked == ["b x"])
    #expect(merged.configuration.batchSize == 7)
    #expect(merged.configuration.modelOptions == ["experts": "4"])
    #expect(merged.configuration.advisedOptions == ["experts": "4"])
    let own = try SourcedConfiguration([layer(.form, [("model.experts", "5")])]) { _, _ in
      [layer(.advice("b"), [("model.experts", "4"), ("model.tower", "8")])]
    }
    #expect(own.configuration.modelOptions == ["experts": "5", "tower": "8"])
    #expect(own.configuration.advisedOptions == ["experts": "4", "tower": "8"])
  }

  @Test("a rate of one optimiser means nothing to another") func optimizers() throws {
    let advised = layer(
      .advice("d"), [("optimizer", "adagrad"), ("lr", "0.05"), ("warm-up", "100")])
    func merge(_ layers: ConfigurationLayer...) throws -> RunConfiguration {
      try SourcedConfiguration(layers) { _, _ in [advised] }.configuration
    }
    let same = try merge(layer(.form, [("optimizer", "adagrad")]))
    #expect(same.learningRate == 0.05 && same.warmUpSteps == 100)
    let adam = try merge(layer(.form, [("optimizer", "adam")]))
    #expect(adam.learningRate == TrainingDefaults.learningRate && adam.warmUpSteps == 0)
    let rate = try merge(layer(.form, [("optimizer", "adam"), ("lr", "0.5")]))
    #expect(rate.learningRate == 0.5 && rate.warmUpSteps == 0)
    let file = layer(.file(path: "f", line: 1), [("lr", "0.2")])
    #expect(try merge(file).learningRate == 0.2)
    #expect(try merge(file, layer(.form, [("optimizer", "sgd")])).learningRate == 0.001)
    #expect(
      try merge(
        file, layer(.form, [("optimizer", "sgd")]), layer(.form, [("optimizer", "adagrad")])
      )
      .learningRate == 0.2, "in the end it is the same optimiser")
    let betas = layer(.form, [("optimizer", "adam"), ("optimizer.beta1", "0.5")])
    #expect(try merge(betas).optimizer.rule == .adam(beta1: 0.5))
    #expect(try merge(betas, layer(.form, [("optimizer", "sgd")])).optimizer.rule == .sgd)
  }

  @Test("choices of a model or balancer that is replaced are left out") func owners() throws {
    let low = layer(
      .form, [("model", "ple"), ("model.levels", "3"), ("balancer", "famo"), ("balancer.x", "1")])
    let other = try SourcedConfiguration([
      low, layer(.form, [("model", "mmoe"), ("balancer", "pcgrad")]),
    ]).configuration
    #expect(other.modelOptions.isEmpty && other.balancer == BalancerSetting("pcgrad"))
    let same = try SourcedConfiguration([
      low, layer(.form, [("model.experts", "2"), ("balancer.y", "2")]),
    ]).configuration
    #expect(same.modelOptions == ["levels": "3", "experts": "2"])
    #expect(same.balancer == BalancerSetting("famo", options: ["x": "1", "y": "2"]))
  }

  @Test("what is wrong is said with its place, even where another layer replaces it")
  func errors() throws {
    func words(_ name: String, _ value: String, _ source: ConfigurationSource) -> String {
      do throws(ConfigurationError) {
        _ = try SourcedConfiguration([
          layer(source, [(name, value)]), layer(.form, [("lr", "1"), ("optimizer", "sgd")]),
        ])
        return "nothing"
      } catch { return error.description }
    }
    let file = ConfigurationSource.file(path: "run.yaml", line: 3)
    #expect(
      words("lr", "abc", file) == """
        run.yaml:3: 'lr' must be a number above 0.
          found: abc
          fix:   write 'lr: …' with a number above 0
        """)
    #expect(
      words("optimizer", "adagard", file).hasSuffix(
        "found: adagard\n  fix:   did you mean 'adagrad'?")
    )
    let unknown = words("epohcs", "1", file)
    #expect(
      unknown.hasPrefix(
        """
        run.yaml:3: unknown key 'epohcs'.
          found: epohcs
          fix:   did you mean 'epochs'? keys are data, path, group, data.hash, model, model.…,
        """))
    #expect(
      words("optimizer.beta", "1", file).hasSuffix(
        "did you mean 'optimizer.beta1'? keys are optimizer.beta1, optimizer.beta2, optimizer.epsilon"
      ))
    #expect(
      words("batch", "0", .flag("--batch")) == "--batch must be from 1 to 1048576, found 0.")
    #expect(words("lr", "-1.0", .flag("--lr")) == "--lr must be a number above 0, found -1.0.")
    #expect(
      words("tables", "x", .flag("--tables")) == "--tables must be lazy or dense, found 'x'.")
    #expect(
      words("seed", "-1", .form)
        == "seed: a run cannot use this value.\n  found: -1\n  fix:   give a whole number from 0 on"
    )
  }

  @Test("a written configuration says where each value comes from") func written() throws {
    var merged = try SourcedConfiguration([
      layer(.file(path: "run.yaml", line: 2), [("lr", "0.5"), ("at", "5:pause")]),
      layer(.flag("--clip"), [("clip", "2.0"), ("model.experts", "4 # 5")]),
    ])
    merged.configuration.schedule.append(.init(step: 7, command: .setTask("a: b", isOn: false)))
    let lines = merged.yaml(heading: ["of\nmine"]).split(separator: "\n").map(String.init)
    #expect(lines.first == "# of?mine")
    #expect(lines.contains("lr: 0.5                         # run.yaml:2"))
    #expect(lines.contains("clip: 2.0                       # --clip"))
    #expect(lines.contains("model.experts: \"4 # 5\"          # --clip"))
    #expect(lines.contains("threads: 2                      # built-in; changes no bit of the run"))
    let at = try #require(lines.firstIndex { $0.hasPrefix("at:") })
    #expect(
      Array(lines[at...(at + 2)]) == [
        "at:                             # run.yaml:2", "  - 5:pause",
        "  - \"7:task.off=a: b\"",
      ])
    #expect(!lines.contains { $0.hasPrefix("path") || $0.hasPrefix("group") })
  }
}
