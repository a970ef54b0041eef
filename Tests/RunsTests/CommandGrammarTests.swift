import Runs
import Testing

/// The text form of commands, there and back, and what a person reads who mistypes one.
@Suite struct CommandGrammarTests {
  static let commands: [Command] = [
    .pause, .resume, .step(1), .step(500), .stop, .setTask("income", isOn: true),
    .setTask("income", isOn: false), .setTask("a=b:c", isOn: true), .setTaskWeight("income", 0.5),
    .setTaskWeight("a:b", 0), .setTaskWeight("x", 1e-7), .setLearningRateFactor(0),
    .setLearningRateFactor(2.25), .setDial("alpha", 0.1), .setDial("a:b", 0), .knockOut(0),
    .evaluate, .undo, .redo,
  ]

  @Test(arguments: commands) func roundTrip(_ command: Command) throws {
    #expect(try Command(parsing: command.description) == command)
  }

  @Test func everyFormOfTheGrammarIsKnown() {
    let names = Self.commands.map { $0.description.split(separator: "=")[0] }
    #expect(Set(names.map(String.init)) == Set(Command.grammar.map(\.name)))
    for entry in Command.grammar {
      #expect(entry.form.hasPrefix(entry.name) && !entry.summary.isEmpty)
    }
  }

  @Test func shortForms() throws {
    #expect(try Command(parsing: "step") == .step(1))
    #expect(try Command(parsing: "task.weight=income:2") == .setTaskWeight("income", 2))
    #expect(try Command(parsing: "lr.factor=1e-3") == .setLearningRateFactor(0.001))
  }

  @Test func changesCanBeUndone() {
    #expect(
      Self.commands.filter(\.isChange) == [
        .setTask("income", isOn: true), .setTask("income", isOn: false),
        .setTask("a=b:c", isOn: true), .setTaskWeight("income", 0.5), .setTaskWeight("a:b", 0),
        .setTaskWeight("x", 1e-7), .setLearningRateFactor(0), .setLearningRateFactor(2.25),
        .setDial("alpha", 0.1), .setDial("a:b", 0),
      ])
  }

  private static let known = """
    known: pause, resume, step=N, stop, task.on=NAME, task.off=NAME, task.weight=NAME:W, \
    lr.factor=X, dial=NAME:X, expert.without=N, evaluate, undo, redo
    """

  @Test(arguments: [
    ("puase", "no command 'puase'; did you mean 'pause'?\n  \(known)"),
    ("task.of=income", "no command 'task.of'; did you mean 'task.on'?\n  \(known)"),
    ("accelerate", "no command 'accelerate'\n  \(known)"),
    ("", "no command ''\n  \(known)"),
    ("pause=1", "'pause' takes no value, found '1'"),
    ("undo=", "'undo' takes no value, found ''"),
    ("step=0", "'step' needs a number of steps from 1, found '0'"),
    ("step=-4", "'step' needs a number of steps from 1, found '-4'"),
    ("step=many", "'step' needs a number of steps from 1, found 'many'"),
    ("task.on", "'task.on' needs the name of a task, found ''"),
    ("task.off=", "'task.off' needs the name of a task, found ''"),
    ("task.weight=0.5", "'task.weight' needs NAME:W, as in income:0.5, found '0.5'"),
    ("dial=0.5", "'dial' needs NAME:X, as in alpha:0.1, found '0.5'"),
    ("expert.without=-1", "'expert.without' needs an expert's number from 0, found '-1'"),
    ("task.weight=:1", "'task.weight' needs NAME:W, as in income:0.5, found ':1'"),
    ("task.weight=income:-1", "'task.weight' needs a number of 0 or more, found '-1'"),
    ("task.weight=income:", "'task.weight' needs a number of 0 or more, found ''"),
    ("lr.factor=nan", "'lr.factor' needs a number of 0 or more, found 'nan'"),
    ("lr.factor=inf", "'lr.factor' needs a number of 0 or more, found 'inf'"),
    ("lr.factor", "'lr.factor' needs a number of 0 or more, found ''"),
  ]) func errors(_ text: String, _ message: String) {
    let error = #expect(throws: CommandError.self) { try Command(parsing: text) }
    #expect(error?.description == message)
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

  @Test(arguments: [
    ("task.on=click + pause", "found 'pause'"), ("task.on=a + ", "no command ''"),
    ("task.on=a + task.offf=b", "no command 'task.offf'; did you mean 'task.off'?"),
  ])
  func errors(text: String, words: String) {
    let error = #expect(throws: CommandError.self) { try Command(parsing: text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
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
