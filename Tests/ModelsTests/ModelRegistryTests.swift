import Models
import Testing

/// What a person reads who asks for a model that cannot be built.
@Suite struct ModelRegistryTests {
  private static let known = ModelRegistry.entries.map(\.name).joined(separator: ", ")

  @Test func unknownModelWithANearName() {
    expectError("mmeo", [:]) {
      """
      --model: no model 'mmeo'.
        known: \(Self.known)
        fix:   did you mean 'mmoe'?
      """
    }
  }

  @Test func unknownModelWithoutANearName() {
    expectError("transformer", [:]) {
      """
      --model: no model 'transformer'.
        known: \(Self.known)
        fix:   choose one of these
      """
    }
  }

  @Test func unknownOption() {
    expectError("mmoe", ["expets": "4"]) {
      """
      --set model.expets: mmoe has no option 'expets'.
        known: experts, expert, tower, temperature, gate-dropout, balance
        fix:   did you mean 'model.experts'?
      """
    }
    expectError("hard-sharing", ["gate": "4"]) {
      """
      --set model.gate: hard-sharing has no option 'gate'.
        known: bottom, tower
        fix:   choose one of these
      """
    }
  }

  @Test(arguments: ["0", "-1", "4097", "two", "", "1.5", "99999999999999999999"])
  func badCount(_ value: String) {
    expectError("mmoe", ["experts": value]) {
      """
      --set model.experts: mmoe cannot use this value.
        found: \(value.isEmpty ? "nothing" : value)
        fix:   give a whole number from 1 to 4096
      """
    }
  }

  @Test(arguments: ["64,", "64,,32", "0", "8193", "a", "64 32", ""])
  func badSizes(_ value: String) {
    expectError("omoe", ["expert": value]) {
      """
      --set model.expert: omoe cannot use this value.
        found: \(value.isEmpty ? "nothing" : value)
        fix:   give layer sizes from 1 to 8192, as in 64,32
      """
    }
  }

  @Test(arguments: ["-1", "inf", "nan", "much"]) func badNumber(_ value: String) {
    expectError("linear", ["l2": value]) {
      """
      --set model.l2: linear cannot use this value.
        found: \(value)
        fix:   give a number of 0 or more
      """
    }
  }

  @Test func everyDefaultCanBeWrittenAsItIsShown() throws {
    for entry in ModelRegistry.entries {
      let options = Dictionary(
        uniqueKeysWithValues: entry.options.map { ($0.name, $0.defaultValue) })
      try ModelRegistry.check(options, of: entry.name)
      #expect(!entry.title.isEmpty && !entry.paper.isEmpty && !entry.summary.isEmpty)
      #expect(entry.options.allSatisfy { !$0.summary.isEmpty })
    }
  }

  private func expectError(
    _ model: String, _ options: [String: String], _ text: () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
      try ModelRegistry.check(options, of: model)
    }
    #expect(error?.description == text(), sourceLocation: sourceLocation)
  }
}
