/// One flat object: the rule's word, the options of that rule, and what all rules have.
///
///     {"rule": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08, "tables": "lazy", "weightDecay": 0}
///
/// What is left out when it is read has its default; a rule's options are written always, so that a
/// file says what a run was trained with even if a default changes. ``allowedKeys(of:)`` says which
/// keys a rule has.
extension OptimizerConfiguration: Codable {
  private enum Key: String, CodingKey { case tables, clipNorm, weightDecay, rates, l2 }

  /// Reads the rule and its options.
  ///
  /// - Throws: `DecodingError` for a word that names no rule and for what is no number.
  public init(from decoder: any Decoder) throws {
    self.init(try Rule(from: decoder))
    let values = try decoder.container(keyedBy: Key.self)
    tables = try values.decodeIfPresent(Tables.self, forKey: .tables) ?? tables
    clipNorm = try values.decodeIfPresent(Double.self, forKey: .clipNorm)
    weightDecay = try values.decodeIfPresent(Double.self, forKey: .weightDecay) ?? weightDecay
    rates = try values.decodeIfPresent([String: Double].self, forKey: .rates) ?? [:]
    l2 = try values.decodeIfPresent([String: Double].self, forKey: .l2) ?? [:]
  }

  /// Writes all options, without a limit of the norm and groups where there are none.
  public func encode(to encoder: any Encoder) throws {
    try rule.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(tables, forKey: .tables)
    try values.encodeIfPresent(clipNorm, forKey: .clipNorm)
    try values.encode(weightDecay, forKey: .weightDecay)
    if !rates.isEmpty { try values.encode(rates, forKey: .rates) }
    if !l2.isEmpty { try values.encode(l2, forKey: .l2) }
  }

  /// The keys of an object with this rule, in the order of their meaning.
  public static func allowedKeys(of rule: Rule) -> [String] {
    ["rule"] + rule.options.map(\.name) + ["tables", "clipNorm", "weightDecay", "rates", "l2"]
  }
}

extension OptimizerConfiguration.Rule: Codable {
  /// Its word in files and on the command line.
  public var word: String {
    switch self {
    case .adam: "adam"
    case .adamW: "adamw"
    case .adagrad: "adagrad"
    case .rmsprop: "rmsprop"
    case .gradientDescent: "sgd"
    case .lamb: "lamb"
    case .projectedAdagrad: "projected-adagrad"
    }
  }

  /// Every rule with its defaults, by ``word``.
  public static let all: [Self] = [
    .adam(), .adamW(), .adagrad(), .rmsprop(), .sgd, .lamb(), .projectedAdagrad(),
  ]

  /// The rule of this word, with its defaults; nil for none.
  public init?(word: String) {
    guard let rule = Self.named(word) else { return nil }
    self = rule
  }

  /// Its options by name; flags are 0 or 1.
  public var options: [(name: String, value: Double, isFlag: Bool)] {
    switch self {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon),
      .lamb(let beta1, let beta2, let epsilon):
      [("beta1", beta1, false), ("beta2", beta2, false), ("epsilon", epsilon, false)]
    case .adagrad(let epsilon, let initial, let isRowWise):
      [
        ("epsilon", epsilon, false), ("initial", initial, false),
        ("rowWise", isRowWise ? 1 : 0, true),
      ]
    case .rmsprop(let alpha, let epsilon, let momentum, let isCentered):
      [
        ("alpha", alpha, false), ("epsilon", epsilon, false), ("momentum", momentum, false),
        ("centered", isCentered ? 1 : 0, true),
      ]
    case .gradientDescent(let momentum, let isNesterov):
      [("momentum", momentum, false), ("nesterov", isNesterov ? 1 : 0, true)]
    case .projectedAdagrad(let epsilon, let penalty, let isEveryStep):
      [
        ("epsilon", epsilon, false), ("penalty", penalty, false),
        ("everyStep", isEveryStep ? 1 : 0, true),
      ]
    }
  }

  /// The same rule with other options, in the order of ``options``.
  private func with(_ values: [Double]) -> Self {
    switch self {
    case .adam: .adam(beta1: values[0], beta2: values[1], epsilon: values[2])
    case .adagrad: .adagrad(epsilon: values[0], initial: values[1], isRowWise: values[2] != 0)
    case .adamW: .adamW(beta1: values[0], beta2: values[1], epsilon: values[2])
    case .rmsprop:
      .rmsprop(
        alpha: values[0], epsilon: values[1], momentum: values[2], isCentered: values[3] != 0)
    case .gradientDescent: .gradientDescent(momentum: values[0], isNesterov: values[1] != 0)
    case .lamb: .lamb(beta1: values[0], beta2: values[1], epsilon: values[2])
    case .projectedAdagrad:
      .projectedAdagrad(epsilon: values[0], penalty: values[1], isEveryStep: values[2] != 0)
    }
  }

  /// The same rule with another value of one option; unchanged without an option of this name.
  public func with(_ value: Double, for name: String) -> Self {
    with(options.map { $0.name == name ? value : $0.value })
  }

  /// What an option may be: a share, which 1 is not, or a number above 0 or from 0 on.
  static func form(of option: (name: String, value: Double, isFlag: Bool)) -> SettingForm {
    if option.isFlag { return .flag }
    switch option.name {
    case "beta1", "beta2", "alpha", "momentum": return .share
    case "epsilon": return .positive
    default: return .notNegative
    }
  }

  /// Reads `rule` and the options that stand beside it.
  ///
  /// - Throws: `DecodingError` for a word that names no rule and for what is no number.
  public init(from decoder: any Decoder) throws { self = try Self.read(from: decoder) }

  /// Writes `rule` and all options beside it.
  public func encode(to encoder: any Encoder) throws { try write(to: encoder) }
}

extension OptimizerConfiguration.Rule: WordWithOptions {
  static let wordKey = "rule"
  static let noun = "optimiser"
  var codedOptions: [(name: String, value: Double, isFlag: Bool)] { options }
}
