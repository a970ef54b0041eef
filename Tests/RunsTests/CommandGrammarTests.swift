import Runs
import Testing

/// Which commands change what.
@Suite struct CommandKindTests {
  @Test func changesCanBeUndone() {
    let changes = CommandTableTests.commands.filter(\.isChange)
    #expect(changes.allSatisfy { !$0.isQuestion })
    for command in CommandTableTests.commands {
      let isChange =
        switch command {
        case .setTask, .setTaskWeight, .setLearningRateFactor, .setDial, .setBalancer, .together:
          true
        default: false
        }
      #expect(command.isChange == isChange, "\(command)")
    }
  }
}

/// Changes that are one action.
@Suite struct TogetherTests {
  private static let solo = Command.together([
    .setTask("click", isOn: true), .setTaskWeight("long view", 0.5), .setDial("alpha", 2),
  ])

  @Test func textFormReadsBack() throws {
    let text = "task.on=click + task.weight=long view:0.5 + dial=alpha:2.0"
    #expect(Self.solo.description == text)
    #expect(try Command(parsing: text) == Self.solo)
  }

  @Test func partsAndKinds() {
    #expect(Self.solo.isChange && !Self.solo.isQuestion)
    #expect(Self.solo.parts.count == 3)
    #expect(Command.pause.parts == [.pause])
    #expect(Command.together([Self.solo, .setLearningRateFactor(2)]).parts.count == 4)
    #expect(!Command.together([]).isChange)
    #expect(!Command.together([.setTask("a", isOn: true), .pause]).isChange)
    #expect(Command.evaluate.isQuestion && Command.knockOut(1).isQuestion)
    #expect(!Command.undo.isQuestion)
  }
}

@Suite struct NearNameTests {
  @Test func nearEnoughToBeMeant() {
    let known = ["income", "marital", "education"]
    #expect(nearest(to: "incoem", in: known) == "income")
    #expect(nearest(to: "Income", in: known) == "income")
    #expect(nearest(to: "edu", in: known) == "education")
    #expect(nearest(to: "weather", in: known) == nil)
    #expect(nearest(to: "x", in: []) == nil)
    #expect(nearest(to: "", in: known) == nil)
  }
}

@Suite struct LossBinTests {
  @Test func extremesAreKept() {
    var bin = LossBin(task: 1, step: 5)
    #expect(bin.mean.isNaN && bin.minimum == .infinity && bin.maximum == -.infinity)
    for (step, loss) in [Float(2), .nan, -1, .infinity, 4].enumerated() {
      bin.add(loss, step: 5 + step)
    }
    var later = LossBin(task: 1, step: 10)
    later.add(9, step: 10)
    bin.merge(later)
    #expect((bin.firstStep, bin.lastStep) == (5, 10))
    #expect((bin.minimum, bin.maximum, bin.sum, bin.count, bin.notFinite) == (-1, 9, 14, 4, 2))
    #expect(bin.mean == 3.5)
  }
}
