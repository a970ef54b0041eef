import Runs

/// How gates weigh their experts, as a picture (SVG 1.1): a row a gate, a bar an expert.
struct GatePicture {
  let gates: [GateSnapshot]
  let title: String

  private static let width = 960.0
  private static let (left, top, rowHeight, barHeight) = (150.0, 50.0, 44.0, 30.0)

  /// The picture's text.
  var svg: String {
    let height = Self.top + Self.rowHeight * Double(gates.count) + 10
    let parts =
      [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 \(Self.number(height))\" "
          + "font-family=\"sans-serif\" font-size=\"12\">",
        "<rect width=\"960\" height=\"\(Self.number(height))\" fill=\"#ffffff\"/>",
        Self.label(title, x: 20, y: 24, extra: " font-size=\"15\""),
      ] + gates.enumerated().flatMap { row($1, Self.top + Self.rowHeight * Double($0)) } + [
        "</svg>"
      ]
    return parts.joined(separator: "\n") + "\n"
  }

  private func row(_ gate: GateSnapshot, _ y: Double) -> [String] {
    let room = (Self.width - Self.left - 20) / Double(max(1, gate.mean.count))
    let bars = gate.mean.enumerated().flatMap { index, mean -> [String] in
      let x = Self.left + room * Double(index)
      let name = gate.experts.indices.contains(index) ? gate.experts[index] : "E\(index)"
      let share = mean.isFinite ? min(1, max(0, Double(mean))) : 0
      return [
        "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
          + "width=\"\(Self.number(room - 4))\" height=\"\(Self.number(Self.barHeight))\" "
          + "fill=\"#eeeeee\"/>",
        "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
          + "width=\"\(Self.number((room - 4) * share))\" "
          + "height=\"\(Self.number(Self.barHeight))\" fill=\"\(CurvePicture.colors[0])\" "
          + "fill-opacity=\"0.45\"/>",
        Self.label(
          "\(name) \(mean.isFinite ? fixed(Double(mean), 2) : "-")", x: x + 4, y: y + 19),
      ]
    }
    return [
      Self.label(gate.name, x: Self.left - 8, y: y + 19, extra: " text-anchor=\"end\"")
    ] + bars
  }

  private static func number(_ value: Double) -> String { trimmed(fixed(value, 2)) }

  private static func label(_ text: String, x: Double, y: Double, extra: String = "") -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\"\(extra)>\(CurvePicture.escaped(text))</text>"
  }
}
