public import Datasets
import Foundation
public import Graph
public import Layers
import Models
import Objectives
public import Runs
import Tensors
public import Training

/// A made log of lists whose position bias is known: requests of a user on a device, five items in
/// an order, and a click by relevance and place.
///
///     P(click) = σ(a_user + c_item + 0.6 · taste[user, item] − 0.3 + β[device, place])
///     β[phone, place] = −0.6 ln place,  β[tablet, place] = −1.0 ln place
///
/// Most lists are sorted by relevance, with noise; the others are in random order and say so in a
/// column. The items may be hidden from the model: then it knows less of relevance than the policy.
public struct ListProblem: Sendable {
  /// The fields `user`, `item` (if it is seen), `position`, `device` and `random`.
  public let input: InputSpecification
  /// One click.
  public let tasks = [TaskDefinition(name: "click", kind: .binary)]
  private let ids: Storage<Int32>
  private let labels: Storage<Float>
  private let rows: Int

  /// Places in a list.
  public static let places = 5
  /// How many users, and how many items.
  private static let many = 8

  /// β by device, phone first, and place from 1.
  public static let truth: [[Double]] = [-0.6, -1.0].map { steepness in
    (1...places).map { steepness * log(Double($0)) }
  }

  /// Makes lists.
  public init(lists: Int, randomShare: Double, seesItems: Bool) {
    let numbers = (0..<Self.many).map { "\($0)" }
    var fields = [
      CategoricalField(name: "user", categories: [""] + numbers),
      CategoricalField(name: "position", categories: [""] + (1...Self.places).map { "\($0)" }),
      CategoricalField(name: "device", categories: ["", "phone", "tablet"]),
      CategoricalField(name: "random", categories: ["", "0", "1"]),
    ]
    if seesItems { fields.append(CategoricalField(name: "item", categories: [""] + numbers)) }
    input = InputSpecification(FeatureSchema(fields: fields, dense: []), embeddingWidth: 4)
    var (ids, labels): ([Int32], [Float]) = ([], [])
    let random = RandomSource(seed: 5, .data)
    for list in 0..<UInt64(lists) {
      let user = random.index(below: Self.many, list, 0)
      let device = random.index(below: 2, list, 1)
      let isRandom = random.uniform(list, 2) < randomShare
      for (place, item) in Self.order(list, user: user, isRandom: isRandom).enumerated() {
        let bias = Self.truth[device][place]
        let chance = 1 / (1 + exp(-(Self.relevance(user, item) - 0.3 + bias)))
        labels.append(random.uniform(list, 100 + UInt64(place)) < chance ? 1 : 0)
        ids += [user + 1, place + 1, device + 1, isRandom ? 2 : 1].map { Int32($0) }
        if seesItems { ids.append(Int32(item + 1)) }
      }
    }
    rows = labels.count
    self.ids = Storage(ids)
    self.labels = Storage(labels)
  }

  private static func relevance(_ user: Int, _ item: Int) -> Double {
    let random = RandomSource(seed: 6, .data)
    return 0.4 * random.normal(UInt64(user)) + 0.6 * random.normal(100 + UInt64(item))
      + 0.6 * random.normal(UInt64(user), UInt64(item))
  }

  /// Five different items, best first in most lists.
  private static func order(_ list: UInt64, user: Int, isRandom: Bool) -> [Int] {
    let random = RandomSource(seed: 7, .data)
    func key(_ item: Int, _ draw: UInt64) -> Double {
      random.normal(list, 100 * draw + UInt64(item))
    }
    let shown = (0..<many).sorted { key($0, 0) > key($1, 0) }.prefix(places)
    func score(_ item: Int) -> Double {
      (isRandom ? 0 : relevance(user, item)) + 0.5 * key(item, 1)
    }
    return shown.sorted { score($0) > score($1) }
  }

  /// What a model learns of the bias: by device and place, each device about its mean.
  public func learnedBias(_ options: [String: String], epochs: Int) throws -> [[Double]] {
    let trainer = try trainer(options)
    for epoch in 0..<epochs {
      for first in stride(from: 0, to: rows - 255, by: 256) {
        // Ever smaller steps, so that the newest rows do not count most.
        let rate = 5e-3 * (1 - Double(epoch) / Double(epochs))
        guard trainer.step(batch(from: first, rows: 256), rate: rate) else { return [] }
      }
    }
    let table = trainer.namedNumbers["shallow.click.weight"] ?? []
    return (1...2).map { device in
      Self.centred((1...Self.places).map { Double(table[$0 * 3 + device]) })
    }
  }

  /// Numbers about their mean: the level of a device is the main network's as much as the bias's.
  public static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  /// Rows in the order of the log.
  public func batch(from first: Int = 0, rows: Int) -> Batch {
    let fields = input.schema.fields.count
    return Batch(
      rows: rows, ids: UnsafePointer(ids.base + first * fields), fields: fields, dense: nil,
      denseCount: 0, labels: UnsafePointer(labels.base + first), spaces: nil, tasks: 1, index: nil)
  }

  /// A trainer of the YouTube model.
  public func trainer(_ options: [String: String]) throws -> Trainer {
    guard case .trained(let make) = try ModelRegistry.entry(named: "youtube").kind else {
      throw TinyProblem.NotTrained(model: "youtube")
    }
    let builder = Builder()
    let network = try make(options, input, tasks, builder)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    return Trainer(
      network, store: store, tasks: tasks, batchSize: 256, optimizer: OptimizerConfiguration(),
      dials: builder.dials, pool: WorkerPool(threads: 1))
  }
}
