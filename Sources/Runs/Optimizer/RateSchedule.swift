import Foundation

/// How the learning rate goes over a run, behind its warm-up.
///
/// A schedule is a factor of the rate, by t, the steps taken behind the warm-up, of N that are planned
/// there: all epochs of the run, even if it ends before. It begins anew where a search for masks goes
/// back, over the epochs of the phase. What is called a share is one of the learning rate.
public enum RateSchedule: Sendable, Hashable {
  /// 1.
  case constant
  /// From 1 down to `minimum` on half a cosine: min + (1 − min)·(1 + cos(π·t/N)) / 2.
  ///
  /// Loshchilov, Hutter. "SGDR: Stochastic Gradient Descent with Warm Restarts." ICLR 2017.
  /// arXiv:1608.03983
  case cosine(minimum: Double = 0)
  /// factor^⌊epochs / every⌋: a smaller one every so many epochs.
  case step(factor: Double = 0.5, every: Double = 1)
  /// factor^epochs, at every step a little less.
  case exponential(factor: Double = 0.5)
  /// From `start` up to 1 at step peak·N − 1, and down to `minimum` at N − 1, the last one, both on half
  /// a cosine.
  ///
  /// Smith, Topin. "Super-Convergence." 2018. arXiv:1708.07120; the rates of PyTorch's OneCycleLR, whose
  /// end is `minimum` = 4e-6, but no momentum that cycles with them.
  case oneCycle(start: Double = 0.04, peak: Double = 0.3, minimum: Double = 0)

  /// Every schedule with its defaults, by ``word``.
  public static let all: [Self] = [
    .constant, .cosine(), .step(), .exponential(), .oneCycle(),
  ]

  /// Its word in files and on the command line.
  public var word: String {
    switch self {
    case .constant: "constant"
    case .cosine: "cosine"
    case .step: "step"
    case .exponential: "exponential"
    case .oneCycle: "one-cycle"
    }
  }

  /// The schedule of this word, with its defaults; nil for none.
  public init?(word: String) {
    guard let schedule = Self.named(word) else { return nil }
    self = schedule
  }

  /// Its options by name.
  public var options: [(name: String, value: Double)] {
    switch self {
    case .constant: []
    case .cosine(let minimum): [("minimum", minimum)]
    case .step(let factor, let every): [("factor", factor), ("every", every)]
    case .exponential(let factor): [("factor", factor)]
    case .oneCycle(let start, let peak, let minimum):
      [("start", start), ("peak", peak), ("minimum", minimum)]
    }
  }

  /// The same schedule with another value of one option; unchanged without an option of this name.
  public func with(_ value: Double, for name: String) -> Self {
    let values = options.map { $0.name == name ? value : $0.value }
    return switch self {
    case .constant: .constant
    case .cosine: .cosine(minimum: values[0])
    case .step: .step(factor: values[0], every: values[1])
    case .exponential: .exponential(factor: values[0])
    case .oneCycle: .oneCycle(start: values[0], peak: values[1], minimum: values[2])
    }
  }

  /// What an option may be: a part of all steps below 1, or a number above 0 or from 0 on.
  static func form(of name: String) -> SettingForm {
    switch name {
    case "peak": .share
    case "every", "factor": .positive
    default: .notNegative
    }
  }

  /// What the rate is multiplied by at step `t`, counted from 0, of `steps`.
  ///
  /// - Parameters:
  ///   - t: steps taken behind the warm-up.
  ///   - steps: steps that are planned behind it.
  ///   - stepsPerEpoch: steps of an epoch.
  /// - Returns: the factor.
  public func factor(at t: Int, of steps: Int, stepsPerEpoch: Int) -> Double {
    let done = min(1, Double(t) / Double(max(1, steps)))
    let epochs = Double(t) / Double(max(1, stepsPerEpoch))
    func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
      to + (from - to) * (1 + cos(.pi * share)) / 2
    }
    switch self {
    case .constant: return 1
    case .cosine(let minimum): return between(1, minimum, done)
    case .step(let factor, let every):
      // A product of the two may fall short of a whole number by its rounding.
      return pow(factor, (epochs / every + 1e-9).rounded(.down))

    case .exponential(let factor): return pow(factor, epochs)
    case .oneCycle(let start, let peak, let minimum):
      let (top, last) = (max(0, peak * Double(steps) - 1), Double(steps - 1))
      if Double(t) < top { return between(start, 1, Double(t) / top) }
      return between(1, minimum, last > top ? min(1, (Double(t) - top) / (last - top)) : done)
    }
  }
}

extension RateSchedule: CustomStringConvertible {
  /// As it is typed: `cosine minimum=0.01`.
  public var description: String {
    ([word] + options.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}

/// One flat object: `kind` and the options of that kind, which are written always.
extension RateSchedule: Codable {
  /// Reads the kind and the options that stand beside it.
  ///
  /// - Throws: `DecodingError` for a word that names no schedule and for what is no number.
  public init(from decoder: any Decoder) throws { self = try Self.read(from: decoder) }

  /// Writes the kind and all options beside it.
  public func encode(to encoder: any Encoder) throws { try write(to: encoder) }
}

extension RateSchedule: WordWithOptions {
  static let wordKey = "kind"
  static let noun = "schedule"
  var codedOptions: [(name: String, value: Double, isFlag: Bool)] {
    options.map { ($0.name, $0.value, false) }
  }
}
