import Testing

@testable import Interface

@Suite struct FormattingTests {
  @Test(
    arguments: [
      (0.3165, 2, "0.32"), (0, 2, "0.00"), (-0.004, 2, "0.00"), (-1.5, 1, "-1.5"), (12, 0, "12"),
      (0.05, 1, "0.1"), (999.999, 2, "1000.00"), (.nan, 2, "-"), (.infinity, 2, "inf"),
      (-.infinity, 2, "-inf"), (1e20, 2, "1e20"),
    ] as [(Double, Int, String)])
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1,000"), (18_432, "18,432"), (1_234_567, "1,234,567"),
      (-1_000, "-1,000"), (Int.min, "-9,223,372,036,854,775,808"),
    ] as [(Int, String)])
  func groups(value: Int, text: String) {
    #expect(grouped(value) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (0.5, "0.5"), (412.3, "412"), (18_432, "18.4k"), (1_000, "1k"), (999.6, "1k"),
      (1_200_000, "1.2M"), (3e9, "3G"), (5e12, "5T"), (0.001, "0.001"), (0.0005, "5e-4"),
      (1e-30, "1e-30"), (-2_500, "-2.5k"), (.nan, "-"), (9.99e16, "1e17"),
    ] as [(Double, String)])
  func siPrefixes(value: Double, text: String) {
    #expect(abbreviated(value) == text)
  }

  @Test(
    arguments: [
      (0.3165, "0.3165"), (0, "0.0000"), (12.345, "12.345"), (123.456, "123.46"),
      (12_345, "12345"), (1e8, "100M"), (0.00012, "1.2e-4"), (.nan, "-"),
    ] as [(Double, String)])
  func losses(value: Double, text: String) {
    #expect(lossText(value) == text)
    #expect(text.count <= 7)
  }

  @Test(
    arguments: [
      (0, "0:00"), (77, "1:17"), (7_390, "2:03:10"), (.nan, "-"), (-1, "-"), (1e300, "-"),
    ] as [(Double, String)])
  func clocks(seconds: Double, text: String) {
    #expect(clock(seconds) == text)
  }

  @Test func columnsCountWideCharactersTwice() {
    #expect(padded("回访", to: 6) == "回访  ")
    #expect(padded("回访七日", to: 5) == "回访…")
    #expect(rightAligned("ab", to: 4) == "  ab")
    #expect(padded("abcdef", to: 4) == "abc…")
    #expect(columnsTaken(by: "a回") == 3)
  }

  @Test func barsAndSparklines() {
    #expect(bar(0.5, columns: 4, charset: .braille) == "██  ")
    #expect(bar(.nan, columns: 3, charset: .ascii) == "...")
    #expect(bar(2, columns: 3, charset: .ascii) == "###")
    #expect(sparkline([0, 1, .nan, 0.5], charset: .block) == "▁█ ▅")
    #expect(sparkline([], charset: .block) == "")
    #expect(sparkline([3, 3], charset: .ascii) == "==")
  }
}

/// Texts in lines: broken at blanks, and within a word only where the word is wider than the line.
@Suite struct WrappingTests {
  @Test func wordsThatAreTooWideAreBroken() {
    #expect(wrapped("a bcdefghij k", columns: 4, lines: 9) == ["a", "bcde", "fghi", "j k"])
    #expect(wrapped("a bcdefghij k", columns: 4, lines: 2) == ["a", "bcd…"])
    #expect(wrapped("ab cd ef", columns: 5, lines: 9) == ["ab cd", "ef"])
    #expect(wrapped("abcdef", columns: 3, lines: 2) == ["abc", "def"])
    #expect(wrapped("价格很公道", columns: 5, lines: 9) == ["价格", "很公", "道"])
    #expect(wrapped("价格", columns: 1, lines: 9) == ["价", "格"])
    #expect(wrapped("", columns: 5, lines: 9) == [] && wrapped("a", columns: 0, lines: 9) == [])
  }

  /// No line is wider than it may be, and none of the text is lost where lines are enough.
  @Test func nothingIsLost() {
    let text = "donaudampfschiff 价格很公道，声音很清楚 é ok الصوت-واضح-جدا x"
    for columns in 2..<40 {
      let lines = wrapped(text, columns: columns, lines: 99)
      #expect(lines.allSatisfy { columnsTaken(by: $0) <= columns }, "\(columns) columns")
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }
}
