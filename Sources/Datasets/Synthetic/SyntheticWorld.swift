internal import Tensors

/// The users, items and tastes behind a synthetic log, with the experts that judge a pair.
///
/// Numbers that the log shows are rounded before anything is computed from them, so that a model
/// that reads them sees what the truth saw.
struct SyntheticWorld: Sendable {
  let users: [SyntheticUser]
  let items: [SyntheticItem]
  let activeUser: WeightedChoice
  let popularItem: WeightedChoice
  private let categories: Int
  private let taste: RandomSource
  /// The tastes of all pairs of user and category; empty where they are too many to be kept.
  private let tastes: [Double]
  private var center = SIMD4<Double>(repeating: 0)
  private var spread = SIMD4<Double>(repeating: 1)

  /// Draws a population.
  init(_ population: SyntheticPopulation, seed: UInt64) {
    categories = population.categories
    users = Self.users(population, seed: seed)
    items = Self.items(population, seed: seed)
    activeUser = WeightedChoice(weights: Self.activityWeights(users))
    popularItem = WeightedChoice(weights: Self.popularityWeights(items, population))
    let taste = SyntheticStream.taste.source(seed: seed)
    let pairs = population.users * population.categories
    self.taste = taste
    tastes = pairs > Self.mostTastes ? [] : (0..<pairs).map { taste.normal(UInt64($0)) }
    standardise(seed: seed)
  }

  /// Tastes that are kept at most: 16 MB.
  private static let mostTastes = 2 << 20

  /// e, the four experts' views of a pair, each of mean 0 and variance 1.
  func experts(_ user: Int, _ item: Int) -> SIMD4<Double> {
    (rawExperts(user, item) - center) / spread
  }
}

// MARK: - Experts
extension SyntheticWorld {
  /// e₁ = p · q / √d, e₂ = taste[u, category], e₃ = √2 sin(1.5 (sensitivity − price)),
  /// e₄ = tanh(freshness + activity).
  private func rawExperts(_ user: Int, _ item: Int) -> SIMD4<Double> {
    let (u, i) = (users[user], items[item])
    return [
      (u.latent * i.latent).sum() / Double(SyntheticDesign.latents).squareRoot(),
      taste(user * categories + i.category),
      unitWave(1.5 * (u.sensitivity.value - i.price.value)),
      hyperbolicTangent(i.freshness.value + u.activity.value),
    ]
  }

  /// The taste of a user for a category, kept or drawn again.
  private func taste(_ pair: Int) -> Double {
    tastes.isEmpty ? taste.normal(UInt64(pair)) : tastes[pair]
  }

  /// Measures mean and deviation of the experts over pairs as requests draw them.
  private mutating func standardise(seed: UInt64) {
    let userDraw = SyntheticStream.calibrationUser.source(seed: seed)
    let itemDraw = SyntheticStream.calibrationItem.source(seed: seed)
    let count = 8_192
    var sum = SIMD4<Double>(repeating: 0)
    var squares = SIMD4<Double>(repeating: 0)
    for pair in 0..<UInt64(count) {
      let e = rawExperts(activeUser(userDraw.uniform(pair)), popularItem(itemDraw.uniform(pair)))
      sum += e
      squares += e * e
    }
    let mean = sum / Double(count)
    spread = (squares / Double(count) - mean * mean).squareRoot()
    center = mean
  }
}
