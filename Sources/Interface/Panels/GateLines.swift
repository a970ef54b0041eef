import Runs
import Terminal

// What gates say of themselves in a table: who leads, how old they are, how often each expert is first.
extension GateSnapshot {
  /// The mean weight above which one expert dominates, in multiples of equal use.
  static let dominance: Float = 2

  /// The expert of the largest mean weight.
  var leader: (index: Int, share: Float)? {
    mean.enumerated().max { $0.element < $1.element }.map { ($0.offset, $0.element) }
  }

  /// The expert that carries so much that the others hardly matter, if there is one.
  var dominant: String? {
    guard let leader, mean.count > 1, leader.share >= 0.4,
      leader.share * Float(mean.count) >= Self.dominance
    else { return nil }
    return nameOfExpert(leader.index)
  }

  /// An expert's name; `E` and its number where it has none.
  func nameOfExpert(_ index: Int) -> String {
    experts.indices.contains(index) ? experts[index] : "E\(index)"
  }

  /// The row of the table that shows this gate on average.
  func line(glyph: Span?, showsEntropy: Bool, showsLoad: Bool) -> GateTable.Line {
    var remark: [Span] = []
    if showsEntropy { remark.append(Span(" \(fixed(Double(entropy), 2))")) }
    if isStale {
      remark.append(Span("  off, step \(grouped(step))", .dim))
    } else if let dominant {
      remark.append(Span(" ×\(dominant)", .warning))
    }
    let loads = topShare.map { percent(Double($0)) }
    return GateTable.Line(
      glyph: glyph, name: name, weights: mean, experts: members, isOld: isStale, remark: remark,
      below: showsLoad ? ("load", loads) : nil)
  }
}

extension RunState {
  /// The glyph of the task that a gate belongs to.
  func glyph(ofGate name: String) -> Span? {
    let task = snapshot.gates.first { $0.name == name }?.task ?? name
    return taskNames.firstIndex(of: task).map { Span("\(seriesGlyph($0)) ", .series($0)) }
  }

  /// What a gate weighs; nil while it has not been seen.
  func experts(ofGate name: String) -> [GateExpert]? {
    snapshot.gates.first { $0.name == name }?.members
  }

  /// The names of all experts of the model, by their number.
  var expertNames: [String] {
    if let experts = description?.experts, !experts.isEmpty { return experts.map(\.name) }
    return snapshot.gates.map(\.experts).max { $0.count < $1.count } ?? []
  }
}
