import Testing

@testable import Runs

/// Values that go through JSON come back as they were.
@Suite struct CodingTests {
  /// The value that comes back, and whether it is written with the same bytes again.
  private func returned<Value: Codable>(_ value: Value) throws -> (value: Value, isSame: Bool) {
    let bytes = try ValueCoding.encoded(value)
    let back = try ValueCoding.decoded(Value.self, from: bytes)
    return (back, try ValueCoding.encoded(back) == bytes)
  }

  private func expectReturn<Value: Codable & Equatable>(_ value: Value) throws {
    let (back, isSame) = try returned(value)
    #expect(back == value)
    #expect(isSame)
  }

  @Test func everyEventComesBack() throws {
    #expect(CodingFixtures.events.map(CodingFixtures.caseNumber) == Array(0..<13))
    for event in CodingFixtures.events {
      #expect(gap(in: event, "\(event)") == nil)
      try expectReturn(event)
    }
    #expect(
      String(decoding: try ValueCoding.encoded(Event.dropped(2)), as: UTF8.self)
        == #"{"dropped":{"_0":2}}"#)
  }

  @Test func aWholeSnapshotComesBack() throws {
    #expect(gap(in: CodingFixtures.snapshot, "snapshot") == nil)
    try expectReturn(CodingFixtures.snapshot)
    try expectReturn(Snapshot())
    for phase: Snapshot.Phase in [
      .loading(0.5, "rows"), .running, .paused("diverged"), .evaluating, .finished,
    ] {
      try expectReturn(phase)
    }
  }

  @Test func whatElseCrossesComesBack() throws {
    #expect(gap(in: CodingFixtures.wanted, "wanted") == nil)
    try expectReturn(CodingFixtures.wanted)
    for order: ExampleOrder in [.file, .loss("a:b"), .disagreement, .column("item")] {
      try expectReturn(order)
    }
    for wish in [
      ExplanationWish(), ExplanationWish(user: .named("a:b"), item: .named("c"), asking: 3),
    ] {
      try expectReturn(wish)
    }
    for keep: KeepRule in [.balanced, .last, .score(task: "a:b", name: "gauc")] {
      try expectReturn(keep)
    }
    for outcome: Acknowledgement.Outcome in [.applied, .refused("no")] { try expectReturn(outcome) }
    try expectReturn(CodingFixtures.bin)
    try expectReturn(LossBin(task: 0, step: 3))
    var both = CodingFixtures.description
    both.subjects = [.masks, .model]
    #expect(try returned(both).value == both)
  }

  @Test(arguments: CommandTableTests.commands) func everyCommandIsItsLine(_ command: Command) throws
  {
    try expectReturn(CommandTicket(id: 7, command: command))
    let line = try ValueCoding.decoded(String.self, from: try ValueCoding.encoded(command))
    #expect(line == command.description)
  }

  /// What a person cannot type is refused by the engine, and that refusal is written, too.
  @Test(arguments: [
    Command.setTaskWeight("click", -1), .setPace(1e9), .step(0), .step(-3), .knockOut(-1),
    .setLearningRateFactor(-.infinity), .setDial("a", .infinity), .thinMask("a", share: 2),
    .together([]), .together([.undo]), .together([.pause, .setTaskWeight("a", -1)]),
    .together([.together([.setTask("a", isOn: true)])]), .setTask("a", isOn: false),
    .setBalancer(BalancerSetting("", options: ["": "", "a b": "c d", "x": "\""])),
    .knockOutAll(.goesOn), .shadow(without: ""),
    .shadowUnder(BalancerSetting("x", options: ["a": "b"])), .setTask("a\nb", isOn: true),
  ])
  func commandsThatNoLineStandsFor(_ command: Command) throws { try expectReturn(command) }

  /// Every case by its parts, as if no line stood for any.
  @Test func everyCaseHasParts() throws {
    var cases = Set<String>()
    for command in CommandTableTests.commands {
      let parts = try ValueCoding.encoded(CommandInParts(command))
      let back = try ValueCoding.decoded(Command.self, from: parts)
      #expect(back == command)
      cases.insert(CommandInParts(command).name)
    }
    #expect(cases.count == 21)
  }

  @Test func numbersThatJSONHasNoWordForComeBack() throws {
    var snapshot = CodingFixtures.snapshot
    snapshot.stepsPerSecond = .infinity
    snapshot.tasks[0].loss = .nan
    snapshot.gates[0].entropy = -.infinity
    snapshot.gates[0].mean = [.nan, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    snapshot.learningRate = 0.1 + 0.2
    let (back, isSame) = try returned(snapshot)
    #expect(isSame)
    #expect(back.stepsPerSecond == .infinity && back.tasks[0].loss.isNaN)
    #expect(back.gates[0].entropy == -.infinity && back.learningRate == 0.1 + 0.2)
    let bits = back.gates[0].mean.dropFirst().map(\.bitPattern)
    #expect(bits == snapshot.gates[0].mean.dropFirst().map(\.bitPattern))
  }

  /// What would be an index outside of an array later is refused here.
  @Test(arguments: [
    (#"{"rows":2,"columns":2,"cells":"AAA=","kinds":[],"wholeRows":2,"wholeColumns":2}"#),
    (#"{"rows":1,"columns":1,"cells":"AQ==","kinds":[],"wholeRows":1,"wholeColumns":1}"#),
    (#"{"rows":1,"columns":1,"cells":"?","kinds":[],"wholeRows":1,"wholeColumns":1}"#),
    (#"{"rows":4611686018427387904,"columns":4,"cells":"","kinds":[],"wholeRows":1,"wholeColumns":1}"#),
  ])
  func bitmapsOfOtherSizesAreRefused(text: String) {
    #expect(throws: DecodingError.self) {
      try ValueCoding.decoded(ModelView.Bitmap.self, from: text.utf8)
    }
  }

  @Test func matricesAndSpreadsOfOtherSizesAreRefused() {
    for text in [#"{"count":2,"products":[1,2,3]}"#, #"{"count":-1,"products":[1]}"#] {
      #expect(throws: DecodingError.self) {
        try ValueCoding.decoded(GramMatrix.self, from: text.utf8)
      }
    }
    for text in ["[1,2,3,4,5,6]", "[2,1]", #"["nan"]"#] {
      #expect(throws: DecodingError.self) {
        try ValueCoding.decoded(LossSpread.self, from: text.utf8)
      }
    }
    for text in [#""puase""#, "{}", #"{"name":"weight","text":"a"}"#, "3"] {
      #expect(throws: DecodingError.self) {
        try ValueCoding.decoded(Command.self, from: text.utf8)
      }
    }
  }

  /// The first part of a value that is nil or empty, by its path: what is not there proves nothing.
  private func gap(in value: Any, _ path: String) -> String? {
    // An answer is written by its name alone.
    if value is Answer { return nil }
    let mirror = Mirror(reflecting: value)
    let isHolder =
      mirror.displayStyle == .optional || mirror.displayStyle == .collection
      || mirror.displayStyle == .set
    if isHolder, mirror.children.isEmpty { return path }
    for (index, child) in mirror.children.enumerated() {
      if let gap = gap(in: child.value, "\(path).\(child.label ?? "\(index)")") { return gap }
    }
    return nil
  }
}
