/// How the tasks' gradients went over the steps, in bounded memory: what was looked at, thinned by
/// halves.
public struct GradientCourse: Sendable, Equatable {
  /// One look.
  public struct Sample: Sendable, Equatable {
    /// The step of the parameters.
    public var step: Int
    /// The tasks; arrays by task follow them.
    public var tasks: [String]
    /// cos(g_i, g_j) over all that is shared, T × T.
    public var cosines: [Double]
    /// Z_{i→j}, T × T.
    public var affinities: [Double]
    /// |g_i|.
    public var norms: [Double]
    /// What each task's gradient was multiplied by.
    public var weights: [Double]
    /// The share of the pairs that pull against each other; NaN without a pair.
    public var conflictRate: Double
    /// cos of the update and the mean gradient.
    public var meanCosine: Double
  }

  /// Looks that are kept at most; of more every second one is dropped.
  public static let capacity = 256
  /// Looks that a mean is taken over at least, as far as there are any.
  public static let fewest = 10

  /// The looks, oldest first.
  public private(set) var samples: [Sample] = []
  private var spacing = 1

  /// No look yet.
  public init() {}

  /// Takes in a look at later parameters.
  public mutating func add(_ snapshot: GradientSnapshot) {
    // A run that went back to earlier numbers goes on from there.
    if let last = samples.last, snapshot.step < last.step {
      samples.removeAll { $0.step >= snapshot.step }
    }
    guard snapshot.step >= (samples.last?.step ?? -spacing) + spacing else { return }
    let (gram, tasks) = (snapshot.gram(), snapshot.tasks.indices)
    samples.append(
      Sample(
        step: snapshot.step, tasks: snapshot.tasks,
        cosines: tasks.flatMap { i in tasks.map { gram.cosine(i, $0) } },
        affinities: snapshot.affinities(), norms: tasks.map { gram.norm($0) },
        weights: snapshot.weights, conflictRate: gram.conflictRate,
        meanCosine: snapshot.update().meanCosine))
    guard samples.count == Self.capacity else { return }
    samples = samples.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    let span = (samples.last?.step ?? 0) - (samples.first?.step ?? 0)
    spacing = max(spacing, span / (Self.capacity / 2))
  }

  /// The newest looks at the same tasks that reach back so many steps and are at least ``fewest``, as
  /// far as there are any.
  ///
  /// It ends where nobody looked for longer than that, so that no mean joins what was seen before the
  /// screen was left to what was seen after it.
  ///
  /// - Parameters:
  ///   - steps: how far back.
  ///   - end: the place of the newest of them; nil: the newest of all.
  /// - Returns: looks, oldest first.
  public func window(of steps: Int, upTo end: Int? = nil) -> ArraySlice<Sample> {
    let last = end ?? samples.count - 1
    guard samples.indices.contains(last) else { return [] }
    var first = last
    while first > 0, samples[first - 1].tasks == samples[last].tasks,
      samples[first].step - samples[first - 1].step <= max(steps, 2 * spacing),
      samples[last].step - samples[first].step < steps || last - first + 1 < Self.fewest
    { first -= 1 }
    return samples[first...last]
  }

  /// The mean conflict rate over a window that ends at each look: (step, rate).
  public func conflictRates(over steps: Int) -> [(step: Int, rate: Double)] {
    samples.indices.map { place in
      (samples[place].step, window(of: steps, upTo: place).mean(\.conflictRate))
    }
  }
}

extension Collection<GradientCourse.Sample> {
  /// The mean of a number over looks; NaN where none has it.
  public func mean(_ number: (Element) -> Double) -> Double {
    let known = lazy.map(number).filter { !$0.isNaN }
    let sums = known.reduce(into: (sum: 0.0, count: 0)) { sums, value in
      sums.sum += value
      sums.count += 1
    }
    return sums.count == 0 ? .nan : sums.sum / Double(sums.count)
  }

  /// The mean of an array over looks, entry by entry; empty without a look.
  public func means(_ array: (Element) -> [Double]) -> [Double] {
    guard let first else { return [] }
    return array(first).indices.map { place in mean { array($0)[place] } }
  }
}
