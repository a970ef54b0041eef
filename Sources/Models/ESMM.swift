public import Datasets
public import Graph
public import Layers
import Objectives

/// Entire Space Multi-Task Model: a click and the conversion after it.
///
/// A conversion model that is trained on clicked rows alone is asked about all rows. ESMM learns
/// on all rows instead: the conversion tower is only ever seen through the product.
///
///     pCTR = σ(h_ctr(x)),  pCVR = σ(h_cvr(x)),  pCTCVR = pCTR · pCVR        (eq. 1)
///     L = mean ℓ(y, pCTR) + mean ℓ(y∧z, pCTR · pCVR)                        (eq. 3)
///
/// Which task is the click is read from the labels unless it is said: a conversion does not occur
/// without its click. The answer of the conversion task is pCVR, and it is judged on clicked rows. Tasks beside the
/// two have a tower and a loss of their own on the same embeddings. Separate embeddings are the
/// paper's ESMM-NS, and belong to its other baselines, which are variants here:
///
///     base       L = mean ℓ(y, pCTR) + mean over clicked rows ℓ(z, pCVR)
///     division   L = mean ℓ(y, pCTR) + mean ℓ(y∧z, pCTCVR),  pCVR = pCTCVR / pCTR
///
/// The ratio may exceed 1; see ``RatioLogit`` for the logit that is reported then. The division's
/// conversion tower says pCTCVR while it trains.
///
/// Ma et al. "Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click
/// Conversion Rate." SIGIR 2018. doi:10.1145/3209978.3210104
public struct ESMM: MultiTaskModel {
  /// Layer sizes, and which tasks are meant.
  public struct Configuration: ModelConfiguration {
    /// Hidden layers of a tower.
    public var towerSizes = [64, 32]
    /// `esmm`, `base` or `division`.
    public var variant = "esmm"
    /// Whether every task has embeddings of its own; nil: in `base` and `division`, whose nets are
    /// two, and not in the product.
    public var separatesEmbeddings: Bool?
    /// The task that is the click; nil: by the labels, without data the first binary one.
    public var click: String?
    /// The task that is the conversion; nil: by the labels, without data the first binary one
    /// beside the click.
    public var conversion: String?

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "variant", .word(\.variant, of: ["esmm", "base", "division"]),
          "the product; conversions on clicked rows alone; or a ratio of two nets"),
        ModelOption(
          "separate", .word(\.separate, of: ["auto", "true", "false"]),
          "embeddings of each task's own (ESMM-NS); auto: in base and division"),
        ModelOption("click", .task(\.click), "the click; auto: by the labels"),
        ModelOption("conversion", .task(\.conversion), "the conversion; auto: by the labels"),
      ]
    }
  }

  let embeddings: [Embeddings]  // one for all tasks, or one per task
  let towers: [Tower]  // one per task
  let funnel: Funnel
  let variant: String
  let names: [String]

  /// Declares the embeddings and the towers; the tasks must have passed the check.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    funnel = Funnel(
      click: configuration.click, conversion: configuration.conversion, of: tasks)
    variant = configuration.variant
    names = tasks.map(\.name)
    embeddings =
      configuration.separatesEmbeddings ?? (configuration.variant != "esmm")
      ? tasks.indices.map {
        Embeddings(input, in: builder.task($0) / "embeddings" / tasks[$0].name)
      } : [Embeddings(input, in: builder.shared / "embeddings")]
    towers = tasks.indices.map {
      Tower(
        input.width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
  }

  /// T × [B, 1]: the logits of pCTR and pCVR in their places.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings.map { $0(pass) }  // 1 or T × [B, D]
    var logits = towers.indices.map { towers[$0](x.count == 1 ? x[0] : x[$0]) }  // [B, 1]
    if isDivision, pass.isAnswering {
      logits[funnel.conversion] = logits[funnel.conversion].ratio(to: logits[funnel.click])
    }
    return logits
  }

  /// Whether the conversion's tower says pCTCVR.
  var isDivision: Bool { variant == "division" }

  /// The click's own loss and the variant's of the conversion; every other task's own.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { k in
      k == funnel.conversion ? conversionLoss(logits) : logits[k].loss(of: tasks[k], at: k)
    }
  }

  private func conversionLoss(_ logits: [Variable]) -> Variable {
    let (click, conversion) = (funnel.click, funnel.conversion)
    switch variant {
    case "base":
      return logits[conversion].conditionalLoss(task: conversion, given: click, over: .given)
    case "division":
      return logits[conversion].conditionalLoss(task: conversion, given: click, over: .all)
    default:
      return logits[conversion].productLoss(task: conversion, given: logits[click], click)
    }
  }

  /// A conversion is judged where there was a click.
  public func condition(of task: Int) -> Int? {
    task == funnel.conversion ? funnel.click : nil
  }
}

extension ESMM.Configuration {
  /// ``separatesEmbeddings`` as a word.
  var separate: String {
    get { separatesEmbeddings.map { "\($0)" } ?? "auto" }
    set { separatesEmbeddings = Bool(newValue) }
  }
}

// MARK: - Which tasks

extension ESMM {
  /// Needs two binary tasks, those named if any are.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try Funnel.check(
      click: configuration.click, conversion: configuration.conversion, of: name, for: tasks)
  }
  /// The click and the conversion, by the labels where they are not set.
  public static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles {
    let choice = FunnelChoice(
      click: configuration.click, conversion: configuration.conversion, of: tasks, by: labels())
    configuration.click = tasks[choice.funnel.click].name
    configuration.conversion = tasks[choice.funnel.conversion].name
    return choice.roles
  }
}
