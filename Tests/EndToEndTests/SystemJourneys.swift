import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What single systems show of themselves, in the real program and a terminal.
  @Suite("Journeys through systems") struct SystemJourneys {
    @Test("masks: the search is seen phase by phase, then whose weights they are")
    func masks() throws {
      let session = try Session.training(
        columns: 120, rows: 40,
        options: "--model csrec --pace 80 --set model.rounds=2 --set model.min-sparsity=0")
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.wait(for: "the search") { $0.shows("pruning income") && $0.shows("round 1 of 2") }
      try robot.wait(for: "the joint phase") { $0.shows("joint training") }
      try robot.press("3")
      try robot.wait(for: "the views") {
        $0.shows("[3 Masks]") && $0.shows("density") && $0.shows("whose weights, layer 0")
          && $0.shows("sign conflict")
      }
      try robot.press("j")
      try robot.press("j")
      try robot.press("Enter")
      try robot.wait(for: "one layer, large") {
        $0.shows("A row is a unit of the layer") && !$0.shows("density")
      }
      try robot.resize(columns: 80, rows: 24)
      try robot.wait(for: "the same in 80×24") {
        $0.lines.count == 24 && $0.shows("whose weights, layer 0")
      }
      try robot.type(":dial lambda 0.5")
      try robot.press("Enter")
      try robot.wait(for: "the dial's acknowledgement") { $0.shows("lambda 0.5 at step") }
      try robot.press("Q")
      // The shell's own lines were wrapped anew; what is asked here is that it is back.
      try robot.wait(for: "the shell's prompt") { $0.prompt != nil && !$0.isAlternate }
    }

    @Test("experts are left out one by one, and the scores compared") func knockOut() throws {
      let session = try Session.training(columns: 120, rows: 40)
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("2")
      try robot.wait(for: "the gates") { $0.shows("[2 Gates]") && $0.shows("never_married") }
      try robot.press("x")
      try robot.wait(for: "the scores without E0") { $0.shows("without E0") }
      try robot.type(":knock out E99")
      try robot.press("Enter")
      try robot.wait(for: "a refusal or a near name") {
        $0.shows("E99") || $0.shows("experts 0 to 7")
      }
      try robot.press("Escape")
      try robot.press("Q")
      try session.expectShell()
    }

    /// Every system opens its inspector or says in a sentence that there is none, toggles included.
    @Test(
      "every system trains in the explorer, with a task switched off and on",
      arguments: ["lt4rec", "mran", "escm2"])
    func every(_ model: String) throws {
      let session = try Session.training(
        columns: 100, rows: 30, options: "--model \(model) --embedding 4")
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("j")
      try robot.press("Space")
      try robot.wait(for: "a task off") { $0.shows("never_married OFF at step") }
      try robot.press("Space")
      try robot.wait(for: "and on again") { $0.shows("never_married ON at step") }
      try robot.press("4")
      try robot.wait(for: "the inspector") { $0.shows("[4 Inspect]") }
      try robot.press("3")
      try robot.wait(for: "the masks") { $0.shows("[3 Masks]") }
      try robot.press("Q")
      try session.expectShell()
    }
  }
}
