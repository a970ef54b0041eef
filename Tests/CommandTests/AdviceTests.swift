import Datasets
import Models
import Runs
import Testing

@testable import mtl_tui

/// What recipes advise, and who may overrule it.
@Suite struct AdviceTests {
  @Test func aModelMayBeTrainedOtherwise() {
    let advice = TrainingAdvice(
      optimizer: .adagrad, learningRate: 0.05, evaluationInterval: 50, warmUpSteps: 100,
      models: ["ple": .init(learningRate: 0.02), "mran": .init(warmUpSteps: 7)])
    #expect(advice.advice(for: "mmoe").learningRate == 0.05)
    #expect(advice.advice(for: "mmoe").warmUpSteps == 100)
    #expect(advice.advice(for: "ple").learningRate == 0.02)
    #expect(advice.advice(for: "ple").warmUpSteps == 100)
    #expect(advice.advice(for: "mran").learningRate == 0.05)
    #expect(advice.advice(for: "mran").warmUpSteps == 7)
    #expect(advice.advice(for: "mran").evaluationInterval == 50)
  }

  @Test func choicesOfAModelGiveWayToAPersons() throws {
    func options(_ arguments: String...) throws -> [String: String] {
      try RunOptions.parse(["--data", "kuairand-pure"] + arguments).plan().merged().configuration
        .modelOptions
    }
    #expect(try options("--model", "mmoe") == [:])
    #expect(try options("--model", "sparse-sharing") == ["alternation": "joint"])
    #expect(
      try options("--model", "sparse-sharing", "--set", "model.alternation=turns")
        == ["alternation": "turns"])
  }

  @Test func whatIsAdvisedCanBeDone() throws {
    for recipe in Recipe.all {
      for (model, change) in recipe.advice?.models ?? [:] {
        try ModelRegistry.check(change.options, of: model)
      }
    }
  }

  /// A model's own rule stands behind what is advised for the data, and before a person's choice.
  @Test func aModelHasTheRuleThatItIsMadeFor() throws {
    func configuration(_ arguments: String...) throws -> RunConfiguration {
      try RunOptions.parse(["--model", "mter"] + arguments).plan().merged().configuration
    }
    for data in ["sample", "kuairand-pure", "my.csv"] {
      let own = try configuration("--data", data)
      #expect(own.optimizer.rule == .projectedAdagrad() && own.learningRate == 0.02, "\(data)")
      #expect(own.warmUpSteps == 0 && own.batchSize == 8, "\(data)")
    }
    let every = try configuration("--data", "sample", "--set", "optimizer.everyStep=true")
    #expect(every.optimizer.rule == .projectedAdagrad(isEveryStep: true))
    let adam = try configuration("--data", "my.csv", "--optimizer", "adam")
    #expect(adam.optimizer.rule == .adam() && adam.learningRate == TrainingDefaults.learningRate)
    let rule = try #require(MTER.ownRule)
    #expect(rule.notice(model: "MTER", followed: .projectedAdagrad(penalty: 0)) == nil)
    #expect(
      rule.notice(model: "MTER", followed: .adam())
        == "MTER is made for the rule projected-adagrad; this run follows adam")
  }

  /// Models of texts learn in many small steps; what they learn by is a person's to change, unsaid.
  @Test(arguments: ["caml", "nrt", "why"]) func modelsOfTextsTakeManySteps(_ model: String) throws {
    func configuration(_ arguments: String...) throws -> RunConfiguration {
      try RunOptions.parse(["--model", model] + arguments).plan().merged().configuration
    }
    for data in ["my.yaml", "amazon-reviews", "kuairand-pure"] {
      let own = try configuration("--data", data)
      #expect(own.optimizer.rule == .adam() && own.learningRate == 3e-3, "\(data)")
      #expect(own.batchSize == 64, "\(data)")
      let width = model == "caml" ? 50 : TrainingDefaults.embeddingWidth
      #expect(own.embeddingWidth == width, "\(data)")
    }
    let other = try configuration("--data", "my.yaml", "--batch", "32", "--embedding", "9")
    #expect(other.batchSize == 32 && other.embeddingWidth == 9)
    let descent = try configuration("--data", "my.yaml", "--optimizer", "sgd")
    #expect(descent.learningRate == TrainingDefaults.learningRate && descent.batchSize == 64)
    let entry = try #require(ModelRegistry.entries.first { $0.name == model })
    let rule = try #require(entry.ownRule)
    #expect(rule.notice(model: model, followed: .sgd) == nil)
  }

  @Test func adagradBeginsSlowlyUnlessItIsToldOtherwise() throws {
    func configuration(
      _ arguments: String..., on data: String = "kuairand-pure"
    ) throws -> RunConfiguration {
      try RunOptions.parse(["--data", data, "--model", "mmoe"] + arguments).plan().merged()
        .configuration
    }
    #expect(try configuration().warmUpSteps == 100 && configuration().learningRate == 0.05)
    #expect(try configuration("--warm-up", "7").warmUpSteps == 7)
    #expect(try configuration("--warm-up", "0").warmUpSteps == 0)
    // Rate and warm-up are those of Adagrad.
    let adam = try configuration("--optimizer", "adam")
    #expect(adam.warmUpSteps == 0 && adam.learningRate == TrainingDefaults.learningRate)
    let census = try configuration(on: "census-income")
    #expect(census.warmUpSteps == 100 && census.optimizer.rule == .adagrad())
    let sample = try configuration(on: "sample")
    #expect(sample.warmUpSteps == 0 && sample.optimizer.rule == .adam())
  }
}
