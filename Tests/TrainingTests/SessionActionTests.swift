import Runs
import Testing

@testable import Training

/// Several changes that are one action: done whole or not at all, and taken back by one undo.
@Suite struct SessionActionTests {
  private func state(_ tasks: [String]) -> SessionState {
    SessionState(tasks: tasks, isPaused: false)
  }

  private static let solo = Command.together([
    .setTask("a", isOn: true), .setTask("b", isOn: false), .setTask("c", isOn: false),
    .setTaskWeight("a", 2),
  ])

  /// One of three tasks was off before, so that what comes back is not simply everything.
  private func three() -> SessionState {
    var three = state(["a", "b", "c"])
    _ = three.handle(.setTask("c", isOn: false))
    _ = three.handle(.setTaskWeight("a", 0.5))
    return three
  }

  @Test func oneUndoTakesAWholeActionBack() {
    var three = three()
    let answer = three.handle(Self.solo)
    #expect(answer.effect == Self.solo)
    #expect(
      answer.actions == [
        .setTask(0, isOn: true), .setTask(1, isOn: false), .setTask(2, isOn: false),
        .setWeight(0, 2),
      ])
    #expect(three.isOn == [true, false, false] && three.weights == [2, 1, 1])
    let undone = three.handle(.undo)
    #expect(three.isOn == [true, true, false] && three.weights == [0.5, 1, 1])
    #expect(
      undone.effect
        == .together([
          .setTaskWeight("a", 0.5), .setTask("c", isOn: false), .setTask("b", isOn: true),
          .setTask("a", isOn: true),
        ]))
    _ = three.handle(.redo)
    #expect(three.isOn == [true, false, false] && three.weights == [2, 1, 1])
    _ = three.handle(.undo)
    // The change before the action is the next one that is taken back.
    _ = three.handle(.undo)
    #expect(three.isOn == [true, true, false] && three.weights == [1, 1, 1])
  }

  @Test func anActionThatSetsTheSameTwiceComesBackToTheFirst() {
    var three = three()
    _ = three.handle(.together([.setTaskWeight("a", 3), .setTaskWeight("a", 4)]))
    #expect(three.weights[0] == 4)
    _ = three.handle(.undo)
    #expect(three.weights[0] == 0.5)
  }

  /// An action is done whole or not at all.
  @Test func anActionIsRefusedWhole() {
    let cases: [(Command, String)] = [
      (
        .together([.setTaskWeight("a", 9), .setTask("b", isOn: false), .setTask("a", isOn: false)]),
        "a is the only task that is on"
      ),
      (.together([.setTaskWeight("a", 9), .setTask("bb", isOn: false)]), "no task 'bb'"),
      (.together([]), "there is nothing to change"),
    ]
    for (command, words) in cases {
      var three = three()
      let before = three
      guard case .refuse(let reason) = three.handle(command).actions.first else {
        Issue.record("\(command) was not refused")
        continue
      }
      #expect(reason.contains(words))
      #expect(three == before)
    }
  }

  /// Turning another task on first makes room to turn the last one off.
  @Test func theOrderOfAnActionCounts() {
    var one = state(["a", "b"])
    _ = one.handle(.setTask("b", isOn: false))
    let swap = Command.together([.setTask("b", isOn: true), .setTask("a", isOn: false)])
    #expect(one.handle(swap).actions == [.setTask(1, isOn: true), .setTask(0, isOn: false)])
    #expect(
      one.handle(.undo).actions == [.setTask(0, isOn: true), .setTask(1, isOn: false)])
    #expect(one.isOn == [true, false])
  }
}
