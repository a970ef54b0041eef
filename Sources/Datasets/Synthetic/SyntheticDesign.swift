/// The behaviours of the synthetic log, in the order of its label columns.
enum SyntheticTask: Int, CaseIterable, Sendable {
  case click, cart, purchase, like, share, watch

  var name: String { "\(self)" }
}

/// The laws by which the synthetic log is drawn; the truth file repeats them.
///
/// Four ground-truth experts e₁…e₄, each of mean 0 and variance 1 and nearly uncorrelated, are
/// mixed by unit rows: z_t = G_t · e, so corr(z_s, z_t) = G_s · G_t by design.
enum SyntheticDesign {
  /// L, the items of one request.
  static let slots = 10
  /// d, the width of the latents in e₁ = p · q / √d.
  static let latents = 4
  /// The share of requests shown in random order: traffic free of the policy's bias.
  static let randomShare = 0.1
  /// The deviation of the noise in the logging policy's score z_click + noise.
  static let policyNoise = 0.9
  /// The share of requests from the second device.
  static let secondDeviceShare = 0.3
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
  /// Up to these shares of the time a request trains, validates; later ones test.
  static let splitEnds = (training: 0.8, validation: 0.9)

  /// G_t, the mixture of a task: its direction, made a unit vector.
  static func mixture(_ task: SyntheticTask) -> SIMD4<Double> {
    let direction: SIMD4<Double> =
      switch task {
      case .click: [0.70, 0.50, 0.30, 0.40]
      case .cart: [0.40, 0.35, 0.75, 0.10]
      case .purchase: [0.25, 0.40, 0.85, -0.15]
      case .like: [0.75, 0.05, -0.40, 0.50]
      case .share: [0.45, -0.35, -0.40, 0.70]
      case .watch: [0.40, 0.70, -0.20, 0.50]
      }
    return direction / (direction * direction).sum().squareRoot()
  }

  /// What multiplies z_t in a task's logit (in the exponent, for watch).
  static func scale(_ task: SyntheticTask) -> Double {
    switch task {
    case .click, .cart, .purchase: 1.3
    case .like: 1.0
    case .share: 1.2
    case .watch: 0.6
    }
  }

  /// What is added to a task's logit (to the exponent, for watch).
  static func bias(_ task: SyntheticTask) -> Double {
    switch task {
    case .click: -1.3
    case .cart: -1.7
    case .purchase: -0.9
    case .like: -2.9
    case .share: -4.8
    case .watch: -0.6
    }
  }

  /// β[device, slot] = −0.9 · ln(slot) · steepness: added to the logit of a click; slots from 1.
  static func positionBias(device: Int, slot: Int) -> Double {
    -0.9 * naturalLogarithm(Double(slot)) * deviceSteepness[device]
  }
}
