import Testing

@testable import Runs

/// One table: how lines are read in both spellings, there and back.
@Suite struct CommandTableTests {
  static let commands: [Command] = [
    .pause, .resume, .step(1), .step(500), .setPace(5), .setPace(0.25), .setPace(0), .stop,
    .setTask("income", isOn: true), .setTask("income", isOn: false),
    .setTask("a=b:c", isOn: true), .setTaskWeight("income", 0.5), .setTaskWeight("a:b", 0),
    .setTaskWeight("x", 1e-7), .setLearningRateFactor(0), .setLearningRateFactor(2.25),
    .setDial("alpha", 0.1), .setDial("a:b", -2), .knockOut(0), .evaluate, .undo, .redo,
    .knockOutAll(.waits), .knockOutAll(.goesOn), .thinMask("a:b", share: 0.25),
    .thinMask("long view", share: 0.5), .cancel, .dropShadow, .shadow(without: "long view"),
    .shadow(without: "drop"), .shadow(without: "a:b"), .shadow(without: "balancer"),
    .shadowUnder(BalancerSetting("pcgrad")),
    .shadowUnder(BalancerSetting("metabalance", options: ["relax": "0.5", "target": "a b"])),
    .setTask("long view", isOn: false), .setTaskWeight("buy it now", 3),
    .setTask("on", isOn: false),
    .setTaskWeight("reset", 2), .setTaskWeight("reset all", 2), .setTask("a + b", isOn: true),
    .setTask("say \"hi\"", isOn: true), .setTask("\"", isOn: false), .setTask(" a  b ", isOn: true),
    .setDial("+", 1), .setDial("a\": b", 1),
    .setBalancer(.equal), .setBalancer(BalancerSetting("metabalance", options: ["relax": "0.5"])),
    .setBalancer(BalancerSetting("fixed", options: ["weights": "1,0.5", "target": "buy it now"])),
    .together([.setTask("a + b", isOn: true), .setTaskWeight("reset", 1), .setDial("d", 2)]),
    .together([.setBalancer(BalancerSetting("famo")), .setLearningRateFactor(0.5)]),
  ]

  @Test(arguments: commands) func roundTrip(_ command: Command) throws {
    #expect(try Command(parsing: command.description) == command, "\(command.description)")
    #expect(try Command(parsing: command.typed) == command, "\(command.typed)")
  }

  /// Names of letters that mean something in a line, in commands of every kind.
  @Test func roundTripOfAnyName() throws {
    var random = SplitMix(seed: 20_261_126)
    let letters: [Character] = ["a", "b", " ", "+", "\"", ":", "=", "on", "é", ",", "x", "1", "."]
      .map { Character(String($0.prefix(1))) }
    for round in 0..<1_000 {
      let name = String((0...random.below(6)).map { _ in letters[random.below(letters.count)] })
      let number = Double(random.below(2_000)) / 8
      let command: Command =
        switch random.below(5) {
        case 0: .setTask(name, isOn: random.below(2) == 0)
        case 1: .setTaskWeight(name, number)
        case 2: .setDial(name, number - 100)
        case 3: .together([.setTask(name, isOn: false), .setTaskWeight(name, number)])
        default: .together([.setLearningRateFactor(number), .setDial(name, number)])
        }
      for text in [command.description, command.typed] {
        let read = try? Command(parsing: text)
        guard read != command else { continue }
        Issue.record("seed 20261126, round \(round): '\(text)' is read as \(read as Any)")
        return
      }
    }
  }

  /// Both spellings of each, by hand.
  @Test(arguments: [
    ("task income off", Command.setTask("income", isOn: false)),
    ("  task   income  on ", .setTask("income", isOn: true)),
    ("task long view off", .setTask("long view", isOn: false)),
    ("task.off=long view", .setTask("long view", isOn: false)),
    ("task on off", .setTask("on", isOn: false)), ("task \"on\" off", .setTask("on", isOn: false)),
    ("weight income 0.5", .setTaskWeight("income", 0.5)),
    ("weight income x2", .setTaskWeight("income", 2)),
    ("weight reset income", .setTaskWeight("income", 1)),
    ("weight \"reset\" 3", .setTaskWeight("reset", 3)),
    ("lr x0.5", .setLearningRateFactor(0.5)), ("lr 2", .setLearningRateFactor(2)),
    ("lr ×0.1", .setLearningRateFactor(0.1)), ("lr.factor=1e-3", .setLearningRateFactor(0.001)),
    ("dial alpha -1", .setDial("alpha", -1)), ("dial=alpha:0.1", .setDial("alpha", 0.1)),
    ("knock out 3", .knockOut(3)), ("expert.without=3", .knockOut(3)), ("step", .step(1)),
    ("step 1,000", .step(1_000)), ("step=10", .step(10)), ("run 500", .step(500)),
    ("pace 5", .setPace(5)), ("pace=0.5", .setPace(0.5)), ("pace off", .setPace(0)),
    ("pace 0", .setPace(0)), ("undo", .undo), ("evaluate", .evaluate), ("stop", .stop),
    (
      "task click off + task.off=like",
      .together([.setTask("click", isOn: false), .setTask("like", isOn: false)])
    ),
    ("task.off=\"a + b\"", .setTask("a + b", isOn: false)),
  ])
  func bothSpellings(text: String, command: Command) throws {
    #expect(try Command(parsing: text) == command)
  }

  @Test func everyEntryOfTheEngineIsWritten() {
    let typed = Self.commands.flatMap { [$0.description, $0.typed] }
    for entry in CommandTable.engine.entries where !["run", "weight reset"].contains(entry.name) {
      #expect(typed.contains { $0.hasPrefix(entry.name) }, "\(entry.name)")
      for assignment in entry.assignments {
        #expect(typed.contains { $0.hasPrefix(assignment.name + "=") }, "\(assignment.name)")
      }
    }
    let names = CommandTable.engine.entries.map(\.name)
    #expect(Set(names).count == names.count)
    let words = names + CommandTable.engine.entries.flatMap { $0.assignments.map(\.summary) }
    #expect(words.allSatisfy { !$0.isEmpty && !$0.hasSuffix(".") })
  }

  /// What is said about a line that means nothing: what was found, what belongs there, the near name.
  @Test(arguments: [
    ("puase", "no command 'puase'; did you mean 'pause'?"),
    ("task.of=income", "no command 'task.of'; did you mean 'task.on'?"),
    ("knock 3", "no command 'knock'; did you mean 'knock out'?"),
    ("accelerate", "no command 'accelerate'"), ("", "no command ''"),
    ("pause=1", "found '=1' behind the end; write: pause"),
    ("pause now", "found 'now' behind the end; write: pause"),
    ("undo=", "found '=' behind the end; write: undo"),
    ("step=0", "found '0' where a whole number from 1 belongs; write: step=N"),
    ("step -4", "found '-4' where a whole number from 1 belongs; write: step [N]"),
    ("step 1,", "found '1,' where a whole number from 1 belongs; write: step [N]"),
    ("run", "found nothing where a whole number from 1 belongs; write: run N"),
    ("task.on", "found nothing where the name of a task belongs; write: task.on=TASK"),
    ("task.off=", "found '' where TASK belongs; write: task.off=TASK"),
    ("task", "found nothing where the name of a task belongs; write: task TASK on|off"),
    ("task income", "found nothing where on or off belongs; write: task TASK on|off"),
    (
      "task income offf",
      "found 'offf' where on or off belongs; did you mean 'off'?; write: task TASK on|off"
    ),
    ("task.weight=0.5", "found '0.5' where TASK:W belongs; write: task.weight=TASK:W"),
    ("task.weight=:1", "found ':1' where TASK:W belongs; write: task.weight=TASK:W"),
    (
      "task.weight=income:-1",
      "found '-1' where a number of 0 or more belongs; write: task.weight=TASK:W"
    ),
    ("weight income", "found nothing where a number of 0 or more belongs; write: weight TASK W"),
    ("lr.factor=nan", "found 'nan' where a number of 0 or more belongs; write: lr.factor=xFACTOR"),
    ("lr inf", "found 'inf' where a number of 0 or more belongs; write: lr xFACTOR"),
    ("lr", "found nothing where a number of 0 or more belongs; write: lr xFACTOR"),
    ("dial=0.5", "found '0.5' where NAME:X belongs; write: dial=NAME:X"),
    ("dial alpha much", "found 'much' where a number belongs; write: dial NAME X"),
    (
      "expert.without=-1",
      "found '-1' where an expert's number from 0 belongs; write: expert.without=EXPERT"
    ),
    (
      "pace 0.0001",
      "found '0.0001' where a number from 0.001 to 1000000 or 0 or off belongs; write: pace N|off"
    ),
    (
      "task.on=click + pause", "found 'pause', where only changes may stand on both sides of '+'"
    ),
    ("task.on=a + ", "no command ''"),
    ("task.on=a + task.offf=b", "no command 'task.offf'; did you mean 'task.off'?"),
  ])
  func refusals(text: String, message: String) {
    let error = #expect(throws: CommandError.self) { try Command(parsing: text) }
    #expect(error?.description == message)
  }

  /// However 0 is written, it means no limit.
  @Test(arguments: ["pace 0", "pace 0.0", "pace=0.00", "pace off", "pace -0"])
  func aPaceOfNothingIsNoLimit(text: String) throws {
    #expect(try Command(parsing: text) == .setPace(0))
  }

  /// What only a screen does is called so, not a name that there is not.
  @Test func aCommandOfTheScreenIsCalledSo() {
    let screen = CommandTable(
      CommandTable.engineEntries + [
        CommandEntry("zoom in", summary: ""), .init("pin", summary: ""),
      ],
      isOnScreen: true)
    func said(_ text: String) -> String {
      let error = #expect(throws: CommandError.self) { try Command(parsing: text) }
      return error?.knowing(screen: screen).description ?? ""
    }
    #expect(
      said("zoom in").hasPrefix(
        "'zoom in' is a command of the screen, where it follows ':'; --at takes task, weight, "))
    #expect(said("pin 2").hasPrefix("'pin' is a command") && said("pin").hasSuffix(" and stop"))
    #expect(said("puase") == "no command 'puase'; did you mean 'pause'?")
    #expect(said("step x").hasPrefix("found 'x' where"))
  }
}

/// What is known of a run makes names with blanks whole, and refuses what there is not.
@Suite struct KnownNameTests {
  private static let known: KnownNames = {
    var known = KnownNames()
    known.set(.task, ["click", "long view", "long", "view it", "reset"])
    known.set(.dial, ["alpha"])
    known.set(.expert, ["E0", "own 1"])
    known.dialRanges = ["alpha": 0...2]
    known.set(.model, ["mmoe", "ple"])
    known.options = [
      "mmoe": [.init("experts", note: "8 · how many"), .init("expert", note: "64,32 · sizes")]
    ]
    known.rowCount = 100
    known.files = ["": ["data/", "own.yaml", "notes.txt", ".git/"], "data/": ["log.yaml"]]
    return known
  }()

  private static let screen = CommandTable(
    CommandTable.engineEntries + [
      CommandEntry(
        "start",
        [
          [
            CommandArgument("MODEL", .name(.model), presence: .optional),
            CommandArgument("NAME=VALUE", .setting, presence: .optional, repeats: true),
          ]
        ], summary: "start a model"),
      CommandEntry(
        "zoom",
        [
          [
            CommandArgument("FIRST", .count(0...Int.max)),
            CommandArgument("LAST", .count(1...9_999)),
          ],
          [CommandArgument("", .word(["all", "in"]))],
        ], summary: "some steps"),
      CommandEntry("example", [[CommandArgument("ROW", .row)]], summary: "a row"),
      CommandEntry("open", [[CommandArgument("SCHEMA", .file([".yaml"]))]], summary: "other data"),
      CommandEntry("dial up", summary: "turn it up"),
    ], isOnScreen: true)

  private func read(_ text: String) throws(CommandError) -> TypedCommand? {
    try Self.screen.read(text, known: Self.known).first
  }

  @Test(arguments: [
    ("task long view off", [ArgumentValue.text("long view"), .text("off")]),
    ("task long off", [.text("long"), .text("off")]), ("task long view", [.text("long view")]),
    ("weight view it 2", [.text("view it"), .number(2)]),
    ("weight reset 2", [.text("reset"), .number(2)]),
    ("weight reset long", [.text("long")]), ("weight reset", []),
    ("dial alpha 2", [.text("alpha"), .number(2)]),
    ("knock out own 1", [.count(1)]), ("knock out 1", [.count(1)]), ("knock out", []),
    ("zoom 10 200", [.count(10), .count(200)]), ("zoom all", [.text("all")]),
    (
      "start mmoe experts=4 expert=a=b",
      [
        .text("mmoe"), .setting(name: "experts", value: "4"),
        .setting(name: "expert", value: "a=b"),
      ]
    ),
    ("start", []), ("example 99", [.count(99)]), ("open a b.yaml", [.text("a b.yaml")]),
    ("dial up", []),
  ])
  func values(text: String, values: [ArgumentValue]) throws {
    #expect(try read(text)?.values == values)
  }

  /// A name of two words with nothing behind it is that command, which asks for what is missing; a task
  /// that is called so has quotes.
  @Test func aLongerNameAloneIsNoTask() throws {
    let error = #expect(throws: CommandError.self) {
      try CommandTable.engine.read("shadow balancer")
    }
    guard case .missing(_, let usage)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(usage.hasPrefix("shadow balancer NAME"))
    let named = try CommandTable.engine.read("shadow \"balancer\"").compactMap(\.command)
    #expect(named == [.shadow(without: "balancer")])
    let under = try CommandTable.engine.read("shadow balancer pcgrad").compactMap(\.command)
    #expect(under == [.shadowUnder(BalancerSetting("pcgrad"))])
  }

  @Test func theLongerNameIsMeantWhereItFits() throws {
    #expect(try read("weight reset")?.entry.name == "weight reset")
    #expect(try read("weight reset 2")?.entry.name == "weight")
    #expect(try read("dial up")?.entry.name == "dial up")
  }

  @Test(arguments: [
    ("task clik off", "no task 'clik'; did you mean 'click'?"),
    ("task vew it off", "no task 'vew it'; did you mean 'view it'?"),
    ("task clik", "no task 'clik'; did you mean 'click'?"),
    ("task click maybe", "found 'maybe' where on or off belongs; write: task TASK [on|off]"),
    ("task click off please", "found 'please' behind the end; write: task TASK [on|off]"),
    ("task.off=clik", "no task 'clik'; did you mean 'click'?"),
    ("dial alhpa 1", "no dial 'alhpa'; did you mean 'alpha'?"),
    ("dial alpha 3", "found '3' where a number from 0 to 2 belongs; write: dial NAME [X]"),
    ("dial=alpha:-1", "found '-1' where a number from 0 to 2 belongs; write: dial=NAME:X"),
    ("knock out 2", "no expert '2'"),
    ("knock out own 2", "no expert 'own 2'; did you mean 'own 1'?"),
    ("start mmeo", "no model 'mmeo'; did you mean 'mmoe'?"),
    ("start mmoe experst=4", "no option 'experst'; did you mean 'experts'?"),
    (
      "start mmoe experts=",
      "found 'experts=' where NAME=VALUE belongs; write: start [MODEL] [NAME=VALUE…]"
    ),
    (
      "zoom 5",
      "found nothing where a whole number from 1 to 9999 belongs; write: zoom FIRST LAST | all|in"
    ),
    (
      "example 100",
      "found '100' where the number of a row, from 0 to 99, belongs; write: example ROW"
    ),
  ])
  func refusals(text: String, message: String) {
    let error = #expect(throws: CommandError.self) { _ = try read(text) }
    #expect(error?.description == message)
  }

  /// What the last word may become.
  @Test(arguments: [
    ("wei", ["weight"]), ("weight ", ["reset", "click", "\u{6C}ong view", "long", "view it"]),
    ("weight r", ["reset"]), ("task lo", ["long view", "long"]),
    ("task long ", ["view", "on", "off"]),
    ("task long v", ["view"]), ("task click ", ["on", "off"]), ("task click o", ["on", "off"]),
    ("task nobody ", []), ("zoom ", ["all", "in"]), ("zoom 5 ", []), ("dial ", ["up", "alpha"]),
    ("task.", ["task.on=", "task.off=", "task.weight="]),
    ("task.off=lo", ["task.off=long view", "task.off=long"]),
    ("task.weight=cl", ["task.weight=click:"]), ("start m", ["mmoe"]),
    ("start mmoe ", ["experts=", "expert="]), ("start mmoe experts=", ["experts=8"]),
    ("start mmoe experts=4 ", ["expert="]), ("open ", ["data/", "own.yaml"]), ("open .", [".git/"]),
    ("open data/", ["data/log.yaml"]), ("task click off + ta", ["task"]), ("zzz", []),
    ("knock ", ["out"]),
    ("knock out o", ["own 1"]),
  ])
  func completes(text: String, words: [String]) {
    #expect(Self.screen.completions(of: text, known: Self.known).map(\.text) == words)
  }

  /// A form says by its names what may stand there.
  @Test(arguments: [
    ("TASK [on|off]", [["TASK", "on|off"]]), ("FIRST LAST | all", [["FIRST", "LAST"], ["all"]]),
    ("[MODEL [NAME=VALUE…]]", [["MODEL", "NAME=VALUE…"]]), ("y log|linear", [["y", "log|linear"]]),
    ("SHARE | off", [["SHARE"], ["off"]]), ("", [[]]), ("[WORD…]", [["WORD…"]]),
  ])
  func forms(form: String, names: [[String]]) {
    let entry = CommandEntry("x", form: form, summary: "")
    #expect(entry.forms.map { $0.map(\.bare) } == names)
  }

  @Test func formsHaveTypes() throws {
    let zoom = CommandEntry("zoom", form: "FIRST LAST | all", summary: "")
    #expect(zoom.forms[0].map(\.kinds) == [[.count(0...Int.max)], [.count(0...Int.max)]])
    let start = CommandEntry("start", form: "[MODEL [NAME=VALUE…]]", summary: "")
    #expect(start.forms[0].map(\.kinds) == [[.name(.model)], [.setting]])
    #expect(start.forms[0].map(\.repeats) == [false, true])
    #expect(start.usage == "start [MODEL] [NAME=VALUE…]" && start.mostWords == .max)
    let smooth = CommandEntry("smooth", form: "[SHARE|off]", summary: "")
    #expect(smooth.forms[0][0].kinds == [.number(0...1), .word(["off"])])
    #expect(smooth.usage == "smooth [SHARE|off]")
    let view = CommandEntry(
      "view", [[CommandArgument("SCREEN", .name(.screen), .count(1...9))]], summary: "")
    var known = KnownNames()
    known.set(.screen, ["gates"])
    let table = CommandTable([view], isOnScreen: true)
    #expect(try table.read("view 3", known: known)[0].values == [.count(3)])
    #expect(throws: CommandError.unknownName(.screen, "gats", near: "gates")) {
      try table.read("view gats", known: known)
    }
  }

  @Test func completionsSayWhatTheyAre() {
    let found = Self.screen.completions(of: "start mmoe exp", known: Self.known)
    #expect(found.map(\.note) == ["8 · how many", "64,32 · sizes"])
    #expect(found.allSatisfy { !$0.isWhole })
    #expect(Self.screen.completions(of: "kn").map(\.note) == ["score without the expert"])
    let whole = Self.screen.completions(of: "task long v", known: Self.known)
    #expect(whole.map(\.shown) == ["long view"] && whole.allSatisfy(\.isWhole))
  }
}

/// A generator whose seed says all.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
