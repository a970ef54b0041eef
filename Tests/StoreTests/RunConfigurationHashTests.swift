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
      ("accumulate", true, { $0.accumulate = 3 }),
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
  @Test("it is the same on every machine") func pinned() {
    #expect(hash().count == 64)
    #expect(hash() == hash())
  }
}
