import Runs
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.81234, "0.8123"), (0, "0.0000"), (-0.5, "-0.5000"), (12.34567, "12.3457"),
    (99.99996, "100.000"), (123.4567, "123.457"), (1234.5678, "1234.57"), (99_999.96, "100000"),
    (123_456.7, "123457"), (999_999.4, "999999"), (1_234_567, "1.23457e+06"), (3e38, "3e+38"),
    (0.001, "0.0010"), (0.000_912_345_6, "9.12346e-04"), (0.000_12, "1.2e-04"),
    (-1.5e-9, "-1.5e-09"), (999_999.6, "1e+06"), (.nan, "–"), (.infinity, "∞"),
    (-.infinity, "-∞"),
  ])
  func sixDigitsAtMost(_ number: Double, _ text: String) {
    #expect(numberText(number) == text)
    #expect(text.filter(\.isNumber).count <= 8)
  }
}
