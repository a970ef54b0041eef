import Objectives
import Runs
import Testing

@testable import Training

/// What `balancer NAME KEY=VALUE` does to what a person has set.
@Suite struct BalancerCommandTests {
  private func state() -> SessionState {
    SessionState(tasks: ["income", "marital"], isPaused: false)
  }

  /// A balancer is changed, taken back and done again; what does not exist is not remembered.
  @Test func balancersAreUndone() {
    var one = state()
    let (pcgrad, meta) = (
      BalancerSetting("pcgrad"), BalancerSetting("metabalance", options: ["target": "marital"])
    )
    #expect(one.handle(.setBalancer(pcgrad)).actions == [.setBalancer(pcgrad)])
    #expect(one.handle(.setBalancer(meta)).actions == [.setBalancer(meta)])
    #expect(one.handle(.undo).actions == [.setBalancer(pcgrad)])
    #expect(one.handle(.redo).actions == [.setBalancer(meta)])
    #expect(one.balancer == meta)
    for wrong in [
      BalancerSetting("pcgard"), BalancerSetting("metabalance", options: ["target": "buy"]),
      BalancerSetting("famo", options: ["rat": "1"]),
    ] {
      guard case .refuse(let reason)? = one.handle(.setBalancer(wrong)).actions.first else {
        Issue.record("\(wrong) was not refused")
        continue
      }
      #expect(!reason.contains("\n") && !reason.contains("--"), "\(reason)")
    }
    #expect(one.handle(.undo).effect == .setBalancer(pcgrad))
    #expect(one.handle(.undo).effect == .setBalancer(.equal))
  }

  /// A schedule is looked at before the first step.
  @Test func schedulesNameBalancersThatThereAre() {
    let names = CommandNames(
      tasks: ["income", "marital"], dials: [], expertCount: nil,
      balancing: BalancingContext(tasks: BalancedTasks(["income", "marital"])))
    func check(_ balancer: BalancerSetting) throws {
      try names.check([.init(step: 5, command: .setBalancer(balancer))])
    }
    #expect(throws: Never.self) { try check(BalancerSetting("pcgrad")) }
    let error = #expect(throws: ScheduleError.self) { try check(BalancerSetting("pcgard")) }
    #expect(error?.description.hasPrefix("--at 5:balancer=pcgard: ") == true)
    #expect(error?.description.contains("did you mean 'pcgrad'?") == true)
  }
}
