import Graph

/// How the factors of MTER begin, which the paper leaves open.
enum MTERStart: String, CaseIterable {
  /// In [0, s), with an s by which the first products are on average what the ratings are.
  ///
  /// In [0, 1) the first of 15 · 15 · 12 / 16 = 169 are far above any rating, and Adagrad, whose steps are
  /// divided by the root of all squares so far, hardly moves any more when they are down. On 16,000 made
  /// reviews without pairs the test rmse of the rating, of which a mean and biases leave 0.699, is 0.888
  /// after 16,000 steps from [0, 1) and 0.748 after 200,000, and 0.693 after 24,000 from here, all at the
  /// codes' rate, 0.1.
  case fitted
  /// In [0, 1), as in both public codes.
  case unit

  /// Of the tables of factors.
  func factors(_ widths: MTER.Configuration, rating: Double) -> Initialiser {
    .uniform(0...span(widths, rating))
  }

  /// Of a core with so many numbers.
  ///
  /// Three factors of mean s/2 and a number of mean t/2 are s³t/16, of which a product sums `count`.
  func core(count: Int, _ widths: MTER.Configuration, rating: Double) -> Initialiser {
    guard self == .fitted else { return .uniform(0...1) }
    let span = span(widths, rating)
    return .uniform(0...(16 * max(1, rating) / (span * span * span * Double(count))))
  }

  /// s, of s⁴ · abc / 16 = the mean rating, of which 1 is the least that an entry can be.
  private func span(_ widths: MTER.Configuration, _ rating: Double) -> Double {
    guard self == .fitted else { return 1 }
    let count = Double(widths.userWidth * widths.itemWidth * widths.featureWidth)
    return (16 * max(1, rating) / count).squareRoot().squareRoot()
  }
}
