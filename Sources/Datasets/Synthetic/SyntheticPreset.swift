/// How large a synthetic log is.
public enum SyntheticPreset: String, CaseIterable, Sendable {
  /// 2,000 impressions: for tests.
  case tiny
  /// 40,000 impressions, at most 4 MB: what the program shows when it is given no data.
  case sample
  /// 200,000 impressions.
  case small
  /// 2,000,000 impressions.
  case base
  /// 200,000,000 impressions of 40 columns, or as many as asked for: data larger than memory.
  case huge

  /// How many rows the log has, unless another number is asked for.
  public var impressions: Int { requests * SyntheticDesign.slots }
}

extension SyntheticPreset {
  /// How many requests: each shows one list of items.
  var requests: Int {
    switch self {
    case .tiny: 200
    case .sample: 4_000
    case .small: 20_000
    case .base: 200_000
    case .huge: 20_000_000
    }
  }

  /// How many users, items, categories and authors there are in a log of so many requests.
  ///
  /// Only a huge log has more of them the longer it is.
  func population(requests: Int) -> SyntheticPopulation {
    switch self {
    case .tiny: .init(users: 60, items: 80, categories: 8, authors: 20)
    case .sample: .init(users: 240, items: 160, categories: 16, authors: 40)
    case .small: .init(users: 3_000, items: 1_500, categories: 24, authors: 300)
    case .base: .init(users: 20_000, items: 8_000, categories: 40, authors: 1_500)
    case .huge:
      .init(
        users: max(60, requests / 10), items: max(80, requests / 25), categories: 40,
        authors: max(20, requests / 130))
    }
  }
}

/// How many of each kind of entity a synthetic log draws from.
struct SyntheticPopulation: Sendable, Hashable {
  let users: Int
  let items: Int
  let categories: Int
  let authors: Int
}
