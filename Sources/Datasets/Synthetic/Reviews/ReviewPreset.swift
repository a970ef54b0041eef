/// How large a set of generated reviews is.
public enum ReviewPreset: String, CaseIterable, Sendable {
  /// 20,000 reviews of 400 users, at most 4 MB.
  case reviews
  /// 80,000 reviews of 800 users on as many items, at most 16 MB: what more rows teach.
  case reviewsLarge = "reviews-large"

  /// How many reviews there are.
  public var reviews: Int { design.reviews }

  var design: ReviewDesign {
    switch self {
    case .reviews: ReviewDesign()
    case .reviewsLarge: ReviewDesign(users: 800, reviews: 80_000)
    }
  }
}
