internal import Tensors

/// A number of two decimals, as the log prints it.
struct Hundredths: Sendable, Hashable {
  let count: Int

  /// Rounds a latent, held within ±3.
  init(rounding latent: Double) {
    count = Int((100 * min(max(latent, -3), 3)).rounded())
  }

  var value: Double { Double(count) / 100 }
}

/// Who asks.
struct SyntheticUser: Sendable {
  let latent: SIMD4<Double>
  let activity: Hundredths
  let sensitivity: Hundredths

  /// The segment, by activity: about 31 %, 38 % and 31 % of the users.
  var segment: SyntheticSegment {
    activity.count < -50 ? .new : activity.count < 50 ? .casual : .heavy
  }
}

/// How much a user asks for.
enum SyntheticSegment: String, CaseIterable, Sendable {
  case new, casual, heavy
}

/// What is shown.
struct SyntheticItem: Sendable {
  let latent: SIMD4<Double>
  let category: Int
  let author: Int
  let price: Hundredths
  let freshness: Hundredths
  /// Length in whole seconds.
  let duration: Int
}

// MARK: - Drawing
extension SyntheticWorld {
  static func users(_ population: SyntheticPopulation, seed: UInt64) -> [SyntheticUser] {
    let latent = SyntheticStream.userLatent.source(seed: seed)
    let activity = SyntheticStream.activity.source(seed: seed)
    let sensitivity = SyntheticStream.sensitivity.source(seed: seed)
    return (0..<UInt64(population.users)).map { user in
      SyntheticUser(
        latent: normals(latent, user),
        activity: Hundredths(rounding: activity.normal(user)),
        sensitivity: Hundredths(rounding: sensitivity.normal(user)))
    }
  }

  static func items(_ population: SyntheticPopulation, seed: UInt64) -> [SyntheticItem] {
    let price = SyntheticStream.price.source(seed: seed)
    let freshness = SyntheticStream.freshness.source(seed: seed)
    let duration = SyntheticStream.duration.source(seed: seed)
    let category = SyntheticStream.itemCategory.source(seed: seed)
    return (0..<UInt64(population.items)).map { item in
      let (author, latent) = authorship(of: item, population, seed: seed)
      return SyntheticItem(
        latent: latent, category: category.index(below: population.categories, item),
        author: author,
        price: Hundredths(rounding: price.normal(item)),
        freshness: Hundredths(rounding: freshness.normal(item)),
        duration: seconds(duration.normal(item)))
    }
  }

  /// The author, a few of whom write much, and q: half the author's, half the item's own.
  private static func authorship(
    of item: UInt64, _ population: SyntheticPopulation, seed: UInt64
  ) -> (author: Int, latent: SIMD4<Double>) {
    let u = SyntheticStream.itemAuthor.source(seed: seed).uniform(item)
    let author = Int(u * u * Double(population.authors))
    let shared = normals(SyntheticStream.authorLatent.source(seed: seed), UInt64(author))
    let own = normals(SyntheticStream.itemLatent.source(seed: seed), item)
    return (author, (shared + own) * Double(0.5).squareRoot())
  }

  /// A length about 20 s, from 5 to 120.
  private static func seconds(_ normal: Double) -> Int {
    Int(min(max(20 * exponential(0.6 * normal), 5), 120).rounded())
  }

  private static func normals(_ source: RandomSource, _ i: UInt64) -> SIMD4<Double> {
    [source.normal(i, 0), source.normal(i, 1), source.normal(i, 2), source.normal(i, 3)]
  }
}

// MARK: - Popularity
extension SyntheticWorld {
  /// Zipf(0.6) over the users by activity; ties by number.
  static func activityWeights(_ users: [SyntheticUser]) -> [Double] {
    let order = users.indices.sorted { a, b in
      (users[b].activity.count, a) < (users[a].activity.count, b)
    }
    var weights = [Double](repeating: 0, count: users.count)
    for (rank, user) in order.enumerated() {
      weights[user] = zipfWeight(rank: rank + 1, exponent: 0.6)
    }
    return weights
  }

  /// Zipf(1.0) over the categories, shared out by Zipf(0.8) over the items of each.
  static func popularityWeights(
    _ items: [SyntheticItem], _ population: SyntheticPopulation
  ) -> [Double] {
    var ranks = [Int](repeating: 0, count: population.categories)
    var totals = [Double](repeating: 0, count: population.categories)
    let within = items.map { item in
      ranks[item.category] += 1
      let weight = zipfWeight(rank: ranks[item.category], exponent: 0.8)
      totals[item.category] += weight
      return weight
    }
    return zip(items, within).map { item, weight in
      zipfWeight(rank: item.category + 1, exponent: 1) * weight / totals[item.category]
    }
  }
}
