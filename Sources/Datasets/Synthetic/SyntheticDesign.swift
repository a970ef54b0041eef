/// The behaviours of the synthetic log, in the order of its label columns.
enum SyntheticTask: Int, CaseIterable, Sendable {
  case click, cart, purchase, like, share, watch

  var name: String { "\(self)" }
}

/// The laws by which a synthetic log is drawn; the truth file repeats them.
///
/// Four ground-truth experts e₁…e₄, each of mean 0 and variance 1 and nearly uncorrelated, are
/// mixed by unit rows: z_t = G_t · e, so corr(z_s, z_t) = G_s · G_t by design. A task's row may depend
/// on the device or on the user's segment: then no one mixture of experts serves all its rows.
struct SyntheticDesign: Sendable {
  /// By task, what its chances are made of.
  let laws: [SyntheticTaskLaw]
  /// The share of requests shown in random order: traffic free of the policy's bias.
  let randomShare: Double
  /// The share of requests from the second device.
  let secondDeviceShare: Double
  /// How fast clicks fall by slot on the first device.
  let positionSlope: Double
  /// Up to these shares of the time a request trains, validates; later ones test.
  let splitEnds: (training: Double, validation: Double)
  /// What the loss of `watch` weighs at first, in the schema.
  let watchWeight: Int
  /// Whether the schema declares `is_rand`, which tells the requests in random order.
  let declaresRandomOrder: Bool
}

// MARK: - The same in every log
extension SyntheticDesign {
  /// L, the items of one request.
  static let slots = 10
  /// d, the width of the latents in e₁ = p · q / √d.
  static let latents = 4
  /// The deviation of the noise in the logging policy's score z_click + noise.
  static let policyNoise = 0.9
  /// The names of the devices.
  static let devices = ["phone", "tablet"]
  /// How much steeper the second device's positions fall.
  static let deviceSteepness = [1.0, 1.25]
  /// The deviation of ln(watch / duration).
  static let watchNoise = 0.7
  /// The most of its length that an item is watched: three times over.
  static let watchCap = 3.0
  /// The days that the log spans.
  static let days = 10

  /// β[device, slot] = −slope · ln(slot) · steepness: added to the logit of a click; slots from 1.
  func positionBias(device: Int, slot: Int) -> Double {
    -positionSlope * naturalLogarithm(Double(slot)) * Self.deviceSteepness[device]
  }

  func law(_ task: SyntheticTask) -> SyntheticTaskLaw { laws[task.rawValue] }
}

/// What a task's chances are made of: logit (of watch, the exponent) = scale · G · e + bias.
struct SyntheticTaskLaw: Sendable {
  let mixture: SyntheticMixture
  let scale: Double
  let bias: Double

  init(_ mixture: SyntheticMixture, scale: Double, bias: Double) {
    self.mixture = mixture
    self.scale = scale
    self.bias = bias
  }
}

/// G of a task: the same for every row, or one by device or segment.
///
/// Directions are made unit vectors.
enum SyntheticMixture: Sendable {
  case all(SIMD4<Double>)
  /// By device, in the order of ``SyntheticDesign/devices``.
  case byDevice([SIMD4<Double>])
  /// By segment, in the order of ``SyntheticSegment``.
  case bySegment([SIMD4<Double>])

  /// G_t of a group of rows, of length 1.
  func callAsFunction(_ group: SyntheticGroup) -> SIMD4<Double> {
    let direction =
      switch self {
      case .all(let direction): direction
      case .byDevice(let directions): directions[group.device]
      case .bySegment(let directions): directions[group.segment.index]
      }
    return direction / (direction * direction).sum().squareRoot()
  }
}

/// The rows of one device and one segment.
struct SyntheticGroup: Sendable, Hashable {
  let device: Int
  let segment: SyntheticSegment

  /// All of them, in the order of ``index``.
  static let all = SyntheticDesign.devices.indices.flatMap { device in
    SyntheticSegment.allCases.map { Self(device: device, segment: $0) }
  }

  var index: Int { device * SyntheticSegment.allCases.count + segment.index }
}

extension SyntheticSegment {
  var index: Int {
    switch self {
    case .new: 0
    case .casual: 1
    case .heavy: 2
    }
  }
}
