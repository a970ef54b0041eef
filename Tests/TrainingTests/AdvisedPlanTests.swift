import Testing

@testable import Training

/// A comparison in which a model is trained otherwise than the rest.
@Suite struct AdvisedPlanTests {
  @Test func everyModelHasItsOwnSettings() throws {
    var usual = TrainingConfiguration()
    usual.learningRate = 0.05
    let plan = try ComparisonPlan(
      [.init("mmoe"), .init("ple", options: ["shared": "2"])], seeds: [4], training: usual,
      byModel: { model in
        guard model == "ple" else { return nil }
        var own = usual
        own.warmUpSteps = 9
        own.advisedOptions = ["gamma": "0.5", "shared": "3"]
        return own
      })
    let runs = try plan.runs.filter { $0.seed != nil }
    let steps = runs.map { plan.configuration(of: $0).warmUpSteps }
    #expect(runs.map(\.model.name) == ["single-task", "mmoe", "ple"] && steps == [0, 0, 9])
    #expect(runs.map { plan.configuration(of: $0).learningRate } == [0.05, 0.05, 0.05])
    // A person's choice wins.
    let options = runs.map { plan.configuration(of: $0).modelOptions }
    #expect(options == [[:], [:], ["gamma": "0.5", "shared": "2"]])
    // A journal tells the runs of other settings apart.
    let identities = try runs.map { try RunIdentity($0, of: plan, data: "d", rows: "r") }
    #expect(identities.map { $0.settings["warm-up"] } == ["0", "0", "9"])
  }
}
