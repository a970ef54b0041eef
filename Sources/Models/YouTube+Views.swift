import Datasets
import Foundation
import Graph
import Layers
import Runs

extension YouTube {
  /// Devices that are drawn at most; the more frequent ones have the smaller ids.
  private static let devicesAtMost = 3

  /// By task with a shallow tower: the learned bias by position, and what is observed there.
  public func inspect(_ reading: ModelReading) -> Inspection {
    guard let position = columns.position else { return Inspection() }
    let positions = PositionAxis(input.schema.fields[position])
    let views = shallow.indices.compactMap { task in
      shallow[task].map { tower in
        view(task, bias(of: tower, reading), positions, reading)
      }
    }
    return Inspection(views: views)
  }

  private func view(
    _ task: Int, _ bias: [Float], _ positions: PositionAxis, _ reading: ModelReading
  ) -> ModelView {
    let words = reading.tasks[task].answer.words
    let seen = observed(task, reading)
    let unit = Float(reading.tasks[task].scale.deviation)
    let curves = devices.flatMap { device -> [ModelView.Curves.Curve] in
      func curve(_ source: String, _ byCross: [Float]) -> ModelView.Curves.Curve {
        let column = positions.ids.map { byCross[$0 * deviceCount + device] }
        return .init(
          name: [deviceName(device), source].compactMap { $0 }.joined(separator: " "),
          x: positions.x, y: centred(column).map { $0 * unit })
      }
      return [curve("learned", bias), curve("observed", seen)]
    }
    return ModelView(
      name: "position_bias.\(names[task])", title: "position bias of \(names[task])",
      note: "What being shown in a place adds to the "
        + words.number + ", beside the observed " + words.observed
        + " there; each line about its mean. Where items are sorted by quality, the observed line is the steeper one.",
      content: .curves(.init(axis: "position", curves: curves)))
  }

  private var deviceCount: Int {
    columns.device.map { input.schema.fields[$0].vocabulary } ?? 1
  }

  /// The ids of the devices that are drawn; without a device the one that stands for all.
  private var devices: [Int] {
    deviceCount == 1 ? [0] : Array(1...min(Self.devicesAtMost, deviceCount - 1))
  }

  private func deviceName(_ device: Int) -> String? {
    columns.device.map { input.schema.fields[$0].name(of: device) }
  }

  /// b of every cross of position and device.
  func bias(of tower: BiasTower, _ reading: ModelReading) -> [Float] {
    let table = reading.numbers(of: tower.table)
    guard let layers = tower.tower?.layers else { return table }
    let crosses = columns.position.map { input.schema.fields[$0].vocabulary * deviceCount } ?? 0
    let width = crosses > 0 ? table.count / crosses : 0
    return (0..<crosses).map { cross in
      var x = Array(table[(cross * width)..<((cross + 1) * width)])
      for (place, layer) in layers.enumerated() {
        let weight = reading.numbers(of: layer.weight)  // [outputs, inputs]
        let start = layer.bias.map { reading.numbers(of: $0) } ?? []
        x = start.indices.map { output in
          let sum = x.indices.reduce(start[output]) { $0 + weight[output * x.count + $1] * x[$1] }
          return place < layers.count - 1 ? max(sum, 0) : sum
        }
      }
      return x[0]
    }
  }

  /// By cross of position and device the log-odds of the label, or its mean; NaN without rows.
  private func observed(_ task: Int, _ reading: ModelReading) -> [Float] {
    guard let position = columns.position else { return [] }
    let crosses = input.schema.fields[position].vocabulary * deviceCount
    var sums = [Float](repeating: 0, count: crosses)
    var rows = sums
    for row in 0..<reading.batch.rows {
      guard let label = reading.label(row: row, task: task) else { continue }
      let device = columns.device.map { reading.id(row: row, field: $0) } ?? 0
      let cross = reading.id(row: row, field: position) * deviceCount + device
      sums[cross] += label
      rows[cross] += 1
    }
    return zip(sums, rows).map { sum, count in
      guard count > 0 else { return .nan }
      guard reading.tasks[task].answer.isChance else { return sum / count }
      // Half a row of each kind keeps the logarithm finite.
      return log((sum + 0.5) / (count - sum + 0.5))
    }
  }

  /// Numbers about the mean of those that are there.
  private func centred(_ points: [Float]) -> [Float] {
    let known = points.filter { !$0.isNaN }
    guard !known.isEmpty else { return points }
    let mean = known.reduce(0, +) / Float(known.count)
    return points.map { $0 - mean }
  }
}

/// The known positions of a field, in the order in which they are shown.
struct PositionAxis {
  /// Ids, the missing one left out.
  let ids: [Int]
  /// Where each is drawn: the number that it is called, else its place.
  let x: [Float]

  /// Sorts the positions of a field by the numbers that they are called, if all are numbers.
  init(_ field: CategoricalField) {
    let ids = field.vocabulary > 1 ? Array(1..<field.vocabulary) : []
    let numbers = ids.map { Float(field.name(of: $0)) }
    let known = numbers.compactMap { $0 }.filter(\.isFinite)
    if known.count == ids.count {
      let order = ids.indices.sorted { known[$0] < known[$1] }
      self.ids = order.map { ids[$0] }
      x = order.map { known[$0] }
    } else {
      self.ids = ids
      x = ids.map { Float($0) }
    }
  }
}
