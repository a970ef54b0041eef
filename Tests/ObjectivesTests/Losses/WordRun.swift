import Graph
import Objectives
import Tensors

import func Foundation.exp

/// A loss of words on drawn targets, run in one way, and what it ought to be in Double.
final class WordRun {
  /// How a plan is run.
  enum Kind: CaseIterable {
    case evaluation, plain, parted, apart, watched
    /// Whether the loss's own output is what it says.
    var showsRows: Bool { self == .evaluation || self == .watched }
  }

  struct Found {
    var sums: LossSums
    /// Those of the first part of a parted run.
    var first: LossSums?
    var rows: [Float]
    /// Of states, W and b.
    var gradients: [[Float]]
  }

  struct Expected {
    var loss = 0.0
    var words = 0
    var hits = 0
    /// −ln p of the concept, the fifth word, summed over all words.
    var conceptLoss = 0.0
    var rows: [Double]
    var gradients: [[Double]]
  }

  static let rows = 64
  private static let (slots, hidden, vocabulary) = (20, 3, 7)
  private static let scale = 0.37
  private let kind: Kind
  private let executor: Executor
  private let store: ParameterStore
  private let workspace: Workspace
  private let words: [Int32]
  private let numbers: [[Double]]
  private let drawn: Storage<Int32>
  private let ids = Storage<Int32>((0..<Int32(rows)).map { $0 })

  init(
    _ kind: Kind, seed: UInt64, threads: Int = 2, conceptStrength: Double? = nil,
    hasWords: Bool = true, sample: WordSample? = nil
  ) {
    self.kind = kind
    let random = RandomSource(seed: seed, .test)
    let (rows, slots, vocabulary) = (UInt64(Self.rows), UInt64(Self.slots), Self.vocabulary)
    // One word of eight is missing, wherever.
    words = (0..<(rows * slots)).map {
      guard hasWords, random.uniform($0, 1) > 0.125 else { return 0 }
      return Int32(1 + random.index(below: vocabulary - 1, $0, 2))
    }
    drawn = Storage(words)
    let counts = [Self.rows * Self.slots * Self.hidden, Self.hidden * vocabulary, vocabulary]
    numbers = counts.enumerated().map { place, count in
      (0..<count).map { Double(Float(random.normal(UInt64(3 + place), UInt64($0)))) }
    }
    let width = Self.slots * Self.hidden
    store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: Self.rows, width: width), owner: .shared, pieces: []),
        ParameterSpecification(kind: .dense(count: counts[1]), owner: .shared, pieces: []),
        ParameterSpecification(kind: .dense(count: counts[2]), owner: .shared, pieces: []),
        ParameterSpecification(kind: .given(count: 1), owner: .shared, pieces: []),
      ], tasks: 1, seed: 1)
    workspace = Workspace(store: store, losses: 2, pool: WorkerPool(threads: threads))
    let loss = Self.record(conceptStrength != nil, sample)
    let losses = kind == .evaluation ? [] : [loss]
    let shown = kind.showsRows ? [(name: Watched.value("rows"), value: loss)] : []
    let plan = Plan(
      loss.graph, purpose: kind == .evaluation ? .evaluation : .training, roots: losses,
      apart: kind == .apart ? [[], [loss]] : nil, isParted: kind == .parted, outputs: shown,
      capacity: Self.rows)
    executor = Executor(plan, store: store, workspace: workspace)
    for (place, values) in (numbers + [[conceptStrength ?? 0]]).enumerated() {
      store.change(Parameter(index: place)) { base in
        for (entry, value) in values.enumerated() { base[entry] = Float(value) }
      }
    }
  }

  private static func record(_ hasConcepts: Bool, _ sample: WordSample?) -> Variable {
    let states = Graph().lookup([Parameter(index: 0)], widths: [slots * hidden], dense: 0)
    let concepts = VocabularyLoss.Concepts(
      ids: states.graph.record(Word(), []), pool: .max, strength: Parameter(index: 3), place: 1)
    return states.vocabularyLoss(
      task: 0, target: 0..<slots, weight: Parameter(index: 1), bias: Parameter(index: 2),
      vocabulary: vocabulary, mean: .tokens, concepts: hasConcepts ? concepts : nil,
      sample: sample)
  }

  /// Makes the first row's states no numbers.
  func spoil() {
    store.change(Parameter(index: 0)) {
      $0.update(repeating: .nan, count: Self.slots * Self.hidden)
    }
  }

  /// Makes a word as likely as its bias alone says.
  func raise(_ word: Int, to bias: Float) {
    store.change(Parameter(index: 2)) { $0[word] = bias }
  }

  /// The sums of the concepts.
  var conceptSums: LossSums { executor.lossSums(task: 1, rows: Self.rows) }

  func found(scales: [Float] = [Float(scale), 0.2]) -> Found {
    var batch = Batch(rows: Self.rows, ids: UnsafePointer(ids.base), fields: 1)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), Self.slots)
    var first: LossSums?
    if kind == .parted {
      executor.runForward(batch)
      first = executor.lossSums(task: 0, rows: Self.rows)
      executor.runBackward(scales: scales)
    } else {
      executor.run(batch, scales: scales)
    }
    let rows = executor.output(.value("rows")).map {
      Array(UnsafeBufferPointer(start: $0, count: Self.rows))
    }
    return Found(
      sums: executor.lossSums(task: 0, rows: Self.rows), first: first, rows: rows ?? [],
      gradients: kind == .evaluation ? [] : gradients())
  }

  private func gradients() -> [[Float]] {
    let width = Self.slots * Self.hidden
    guard let states = executor.tableGradients.first else { return [] }
    let ofStates = (0..<Self.rows).flatMap { row in
      (0..<width).map { states.base[row * states.stride + $0] }
    }
    // Of a run with sections apart, those of the second.
    let (count, section) = (executor.sectionCount, kind == .apart ? 1 : 0)
    return [ofStates]
      + (1...2).map { place in
        (0..<numbers[place].count).map { entry in
          (0..<executor.gradientLanes(rows: Self.rows)).reduce(Float(0)) {
            let row = $1 * count + section
            return $0
              + workspace.laneGradients[
                row * workspace.laneStride + store.offsets[place] + entry]
          }
        }
      }
  }

  func expected() -> Expected {
    var all = Expected(
      rows: [Double](repeating: 0, count: Self.rows),
      gradients: numbers.map { $0.map { _ in 0 } })
    for place in words.indices where words[place] != 0 {
      let (word, start) = (Int(words[place]), place * Self.hidden)
      let h = Array(numbers[0][start..<(start + Self.hidden)])
      let logarithms = LossCase.logarithms(h, Array(numbers.dropFirst()))
      all.loss -= logarithms[word]
      all.conceptLoss -= logarithms[5]
      all.rows[place / Self.slots] -= logarithms[word]
      all.words += 1
      all.hits += logarithms[word] == logarithms.max() ? 1 : 0
      for v in 0..<Self.vocabulary {
        let slope = Self.scale * (exp(logarithms[v]) - (v == word ? 1 : 0))
        all.gradients[2][v] += slope
        for j in h.indices {
          all.gradients[1][j * Self.vocabulary + v] += slope * h[j]
          all.gradients[0][start + j] += slope * numbers[1][j * Self.vocabulary + v]
        }
      }
    }
    return all
  }
}

/// The fifth word, for every row.
private struct Word: Operation {
  var name: String { "word" }
  var keeps: Keeps { [] }
  func extent(of inputs: [Extent]) -> Extent { .rows }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {
    for row in 0..<call.rows { call.output.base[row * call.output.stride] = 5 }
  }
  func backward(_ call: Call) {}
}
