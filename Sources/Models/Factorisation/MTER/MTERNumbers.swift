import Graph
import Layers

/// The products of MTER for a user and an item, from its numbers as they are.
struct MTERNumbers {
  private let model: MTER
  private let store: ParameterStore
  /// Σ_ab G_abc u_a i_b.
  private let features: [Float]
  /// Σ_a H_acd u_a and Σ_b K_bcd i_b, [c, d].
  private let said: (byUser: [Float], byItem: [Float])

  /// Contracts the cores with the user's and the item's factors.
  init(_ model: MTER, store: ParameterStore, user: Int, item: Int) {
    self.model = model
    self.store = store
    let c = model.configuration
    func row(_ table: Parameter, _ index: Int, _ width: Int) -> [Float] {
      let base = store.base(of: table) + index * width
      return (0..<width).map { base[$0] }
    }
    let (u, i) = (
      row(model.factors.user, user, c.userWidth), row(model.factors.item, item, c.itemWidth)
    )
    func contracted(_ core: TuckerCore, _ x: [Float], _ rest: Int) -> [Float] {
      let base = store.base(of: core.core)
      return Self.contract(UnsafeBufferPointer(start: base, count: x.count * rest), x)
    }
    let pairs = contracted(model.cores.quality, u, c.itemWidth * c.featureWidth)
    features = pairs.withUnsafeBufferPointer { Self.contract($0, i) }
    said = (
      contracted(model.cores.user, u, c.featureWidth * c.opinionWidth),
      contracted(model.cores.item, i, c.featureWidth * c.opinionWidth)
    )
  }

  /// Σ_a x_a G_a·, of numbers that lie a after a.
  private static func contract(_ numbers: UnsafeBufferPointer<Float>, _ x: [Float]) -> [Float] {
    let width = numbers.count / max(1, x.count)
    var sums = [Float](repeating: 0, count: width)
    for (place, factor) in x.enumerated() {
      for k in 0..<width { sums[k] += factor * numbers[place * width + k] }
    }
    return sums
  }

  /// x̂ of a feature, or of the overall slice.
  func quality(_ feature: Int) -> Double {
    let row = store.base(of: model.factors.feature) + feature * features.count
    return features.indices.reduce(0) { $0 + Double(features[$1] * row[$1]) }
  }

  /// ŷU · ŷI of a feature and a word.
  func agreement(_ feature: Int, _ opinion: Int) -> Double {
    let (c, d) = (model.configuration.featureWidth, model.configuration.opinionWidth)
    let (a, o) = (
      store.base(of: model.factors.feature) + feature * c,
      store.base(of: model.factors.opinion) + opinion * d
    )
    var sums = (user: 0.0, item: 0.0)
    for k in 0..<c {
      for l in 0..<d {
        let product = Double(a[k] * o[l])
        sums.user += product * Double(said.byUser[k * d + l])
        sums.item += product * Double(said.byItem[k * d + l])
      }
    }
    return sums.user * sums.item
  }

  /// Why the item: features and words by the rules of ``MTERExplanation``, over what training rows say.
  func explanation(
    ofItem item: Int, _ mentions: Mentions, length: MTERExplanation.Length
  ) -> MTERExplanation {
    MTERExplanation(
      features: model.overall, mentioned: mentions.features(ofItem: item),
      seen: mentions.words(ofFeature:), length: length, quality: quality, agreement: agreement)
  }
}
