import Runs
import Testing

@testable import Store

@Suite("The hash of a configuration") struct RunConfigurationHashTests {
  private func hash(_ change: (inout RunConfiguration) -> Void = { _ in }) -> String {
    var configuration = RunConfiguration()
    change(&configuration)
    return configuration.hash
  }

  @Test("numbers that no file could hold make configurations of their own") func noNumbers() {
    let all = [Double.infinity, -.infinity, .nan, 3].map { rate in hash { $0.learningRate = rate } }
    #expect(Set(all).count == 4)
  }

  /// By property, a change of it, and whether the run becomes another one by it.
  private static let changes:
    [(property: String, decides: Bool, change: @Sendable (inout RunConfiguration) -> Void)] = [
      ("data", true, { $0.data.name = "census-income" }),
      ("model", true, { $0.model = "ple" }),
      ("modelOptions", true, { $0.modelOptions["experts"] = "3" }),
      ("advisedOptions", false, { $0.advisedOptions["experts"] = "3" }),
      ("embeddingWidth", true, { $0.embeddingWidth = 3 }),
      ("dropout", true, { $0.dropout = 0.3 }),
      ("batchSize", true, { $0.batchSize = 3 }),
      ("accumulated", true, { $0.accumulate = 3 }),
      ("window", true, { $0.window = 3 }),
      ("epochs", true, { $0.epochs = 3 }),
      ("patience", true, { $0.patience = 3 }),
      ("learningRate", true, { $0.learningRate = 3 }),
      ("warmUpSteps", true, { $0.warmUpSteps = 3 }),
      ("labelSmoothing", true, { $0.labelSmoothing = 0.3 }),
      ("rateSchedule", true, { $0.rateSchedule = .cosine() }),
      ("stop", true, { $0.stop = .score(task: "a", name: "auc") }),
      ("timeLimitSeconds", true, { $0.timeLimitSeconds = 3 }),
      ("optimizer", true, { $0.optimizer.rule = .adam(beta1: 0.5) }),
      ("balancer", true, { $0.balancer.options["relax"] = "3" }),
      ("evaluationInterval", true, { $0.evaluationInterval = 3 }),
      ("stepsPerSecondLimit", false, { $0.stepsPerSecondLimit = 3 }),
      ("threads", false, { $0.threads = 3 }),
      ("seed", true, { $0.seed = 3 }),
      ("keep", true, { $0.keep = .score(task: "a", name: "auc") }),
      ("schedule", true, { $0.schedule = [.init(step: 3, command: .pause)] }),
      ("startsPaused", false, { $0.startsPaused = true }),
    ]

  /// A property that is added some day must say here whether it decides.
  @Test("every property is told apart, or is known to change no bit") func properties() {
    let names = Mirror(reflecting: RunConfiguration()).children.compactMap(\.label)
    #expect(names.sorted() == Self.changes.map(\.property).sorted())
    var hashes: Set = [hash()]
    for (property, decides, change) in Self.changes {
      #expect(hashes.insert(hash(change)).inserted == decides, "\(property)")
    }
  }

  @Test("every choice of an optimiser and of the data is told apart") func parts() {
    let hashes = [
      hash(), hash { $0.optimizer.rule = .sgd }, hash { $0.optimizer.rule = .adagrad() },
      hash { $0.optimizer.rule = .adagrad(initial: 0.5) },
      hash { $0.optimizer.rule = .adagrad(isRowWise: true) },
      hash { $0.optimizer.rule = .adam(beta2: 0.5) },
      hash { $0.optimizer.rule = .adam(epsilon: 0.5) }, hash { $0.optimizer.tables = .dense },
      hash { $0.optimizer.clipNorm = 1 }, hash { $0.optimizer.weightDecay = 1 },
      hash { $0.optimizer.rates["a"] = 1 }, hash { $0.optimizer.l2["a"] = 1 },
      hash { $0.data.folder = "a" }, hash { $0.data.folder = "b" }, hash { $0.data.group = "a" },
      hash { $0.data.hash = "a" }, hash { $0.data.hash = "b" },
      hash { $0.seed = .max }, hash { $0.seed = .max - 1 },
      hash { $0.balancer = BalancerSetting("pcgrad") },
      hash { $0.schedule = [.init(step: 3, command: .setTask("a", isOn: false))] },
      hash { $0.schedule = [.init(step: 3, command: .setTask("b", isOn: false))] },
      hash { $0.schedule = [.init(step: 4, command: .setTask("b", isOn: false))] },
    ]
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("where rows lie does not matter when it is known what they are") func moved() {
    let here = hash { $0.data = DataSelection("/a/schema.yaml", hash: "0f") }
    #expect(here == hash { $0.data = DataSelection("b.yaml", folder: "/c", hash: "0f") })
    #expect(here != hash { $0.data = DataSelection("/a/schema.yaml", group: "user", hash: "0f") })
    #expect(here != hash { $0.data = DataSelection("/a/schema.yaml") })
  }

  /// A run is found again by its hash: a change of the form is a change of all hashes.
  ///
  /// The numbers are those of the version that had no accumulation yet: a property that is added later
  /// must be nil, not a number, at its default.
  @Test("it is the same on every machine, and in later versions") func pinned() {
    #expect(hash() == "3b5af3ce04fc3c248f5e22454aa69672682042e887671b795d9d2b2e8af014ee")
    let second = hash {
      ($0.model, $0.modelOptions, $0.seed) = ("ple", ["experts": "3"], 7)
      $0.data = DataSelection("a.yaml", folder: "b", group: "user", hash: "0f")
      ($0.optimizer.rule, $0.optimizer.clipNorm, $0.rateSchedule) = (.sgd, 0.5, .cosine())
      ($0.balancer, $0.evaluationInterval) = (BalancerSetting("pcgrad"), 20)
      $0.stop = .score(task: "click", name: "auc")
    }
    #expect(second == "de2a24171e6c1f9967e56bed0fc40ec1720014435402e83f0046cedc6eef77a9")
    let third = hash {
      ($0.dropout, $0.labelSmoothing, $0.timeLimitSeconds) = (0.25, 0.125, 90)
      ($0.optimizer.rule, $0.optimizer.l2) = (.adagrad(initial: 0.5), ["embeddings": 0.01])
      $0.schedule = [.init(step: 3, command: .setTask("click", isOn: false))]
      $0.keep = .score(task: "click", name: "auc")
    }
    #expect(third == "446dbaba58a840aa886192124af52bf4162e3aa85bfa49eafaec94153da4d1b8")
  }

  @Test("a default that is chosen is the default") func chosen() throws {
    #expect(hash { $0.accumulate = 1 } == hash())
    func parsed(_ window: String) throws -> String {
      try ConfigurationFile.configuration("batch: 64\n\(window)", path: "run.yaml").hash
    }
    // Until the rows are known, nothing said is what is usual for them.
    #expect(try parsed("window: all\n") != parsed(""))
    #expect(try parsed("window: 3\n") != parsed(""))
    #expect(
      hash {
        $0.accumulate = 3
        $0.accumulate = 1
      } == hash())
    var configuration = RunConfiguration()
    #expect(configuration.accumulate == 1 && configuration.stepRows == configuration.batchSize)
    configuration.accumulate = 3
    #expect(configuration.stepRows == 3 * configuration.batchSize)
  }
}
