public import Runs

/// A task: what is predicted.
public struct TaskDefinition: Sendable, Hashable, Codable {
  /// The task's name.
  public var name: String
  /// What its labels look like.
  public var kind: LabelKind
  /// How a ranking task's items that were not met are drawn; nil of other tasks.
  public var sampled: NegativeSampling?
  /// What a model declares that it answers; nil: what is usual for such labels.
  public var declaredAnswer: Answer?
  /// The weight of its loss where all tasks train one network, until a person changes it.
  public var weight: Double
  /// What a regression's stored labels and a model's answers are counted in.
  public var scale: LabelScale
  /// ε of a binary task: it is trained towards (1 − ε)·y + ε/2, and judged against y; 0 of data, since
  /// a run chooses it.
  public var labelSmoothing = 0.0

  private enum CodingKeys: String, CodingKey { case name, kind, weight, scale, sampled }

  /// Names a task.
  public init(name: String, kind: LabelKind, weight: Double = 1, scale: LabelScale = LabelScale()) {
    self.name = name
    self.kind = kind
    self.weight = weight
    self.scale = scale
  }

  /// What is answered for it.
  public var answer: Answer { declaredAnswer ?? kind.usualAnswer }
}

extension [TaskDefinition] {
  /// The tasks whose labels are 0 or 1, by index.
  public var indicesWithClasses: [Int] { indices.filter { self[$0].kind.hasClasses } }
}

/// How a regression's labels are stored: centred and divided, so that no task's loss is large only
/// because its unit is small.
///
///     z = (y − mean) / deviation,    y = mean + deviation · z
///
/// y is the label as the schema's rule makes it (behind `divide`, `cap` and `log1p`). A binary task
/// has mean 0 and deviation 1: its labels are stored as they are.
public struct LabelScale: Sendable, Hashable, Codable {
  /// The mean of the training rows' labels.
  public var mean: Double
  /// The deviation of the training rows' labels (population); 1 where they do not vary.
  public var deviation: Double

  /// A scale; without numbers the one that changes nothing.
  public init(mean: Double = 0, deviation: Double = 1) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The scale of some labels; numbers that are not finite are left out.
  public init(of labels: [Double]) { self.init { labels.forEach($0) } }

  /// The scale of labels that are gone through three times.
  init(labels: (_ body: (Double) -> Void) -> Void) {
    var (rows, differs) = (0, false)
    var first: Double?
    labels { label in
      guard label.isFinite else { return }
      rows += 1
      if first == nil { first = label }
      if label != first { differs = true }
    }
    let count = Double(max(1, rows))
    var (mean, variance) = (0.0, 0.0)
    labels { if $0.isFinite { mean += $0 / count } }
    labels { if $0.isFinite { variance += ($0 - mean) / count * ($0 - mean) } }
    let deviation = variance.squareRoot()
    // What the sums above leave of equal numbers is not a deviation.
    let varies = differs && deviation > 1e-14 * abs(mean)
    self.init(mean: first.map { varies ? mean : $0 } ?? 0, deviation: varies ? deviation : 1)
  }

  /// z of a label y.
  public func standardised(_ label: Double) -> Double { (label - mean) / deviation }

  /// y of a stored label or a model's answer z.
  public func original(_ standardised: Double) -> Double { mean + deviation * standardised }

  /// y of a stored label, without what single precision has added to it: a 5 that is stored as
  /// 1.3333334 deviations above 3 is 5 again, and a 0 is 0.
  ///
  ///     a multiple of 2^(k − 20),  2^k ≤ max(|mean|, deviation) < 2^(k + 1)
  public func restored(_ stored: Float) -> Double {
    let found = original(Double(stored))
    let size = max(abs(mean), deviation)
    guard size.isNormal, found.isFinite else { return found }
    let unit = Double(sign: .plus, exponent: size.exponent - 20, significand: 1)
    return (found / unit).rounded() * unit
  }

  /// Σ y from Σ z over some rows.
  public func sum(_ standardised: Double, rows: Double) -> Double {
    mean * rows + deviation * standardised
  }
}
