/// The control sequences of a terminal that follows ECMA-48, as far as they differ among terminals.
struct SequenceSet: CustomStringConvertible {
  /// The parameters of colours for text, by number + 1; the first is that of the terminal's own.
  var foregrounds: [[UInt8]] = []
  /// Those of backgrounds.
  var backgrounds: [[UInt8]] = []
  /// The attributes that the terminal has.
  var attributes: Ink.Attributes = []
  /// The attributes that it does not have together with colours.
  var withoutColor: Ink.Attributes = []
  /// Whether an attribute can be ended alone; the oldest terminals can only end all.
  var endsEach = true
  /// Whether what is erased takes the background that holds just now.
  var erasesInColor = true

  /// What terminals differ in, in words: how many colours, whether what is erased takes the
  /// background, whether an attribute ends alone, and the attributes that colours exclude.
  var description: String {
    let names: [(Ink.Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.underlined, "underlined"), (.reversed, "reversed"),
    ]
    let excluded = names.filter { withoutColor.contains($0.0) }.map(\.1)
    return "colors \(max(0, foregrounds.count - 1)) bce \(erasesInColor) ends \(endsEach)"
      + " excluded [\(excluded.joined(separator: " "))]"
  }

  /// Those of xterm with so many colours.
  static func xterm(colors: Int) -> SequenceSet {
    var set = SequenceSet()
    set.attributes = [.bold, .dim, .underlined, .reversed]
    guard colors > 0 else { return set }
    func codes(_ first: Int) -> [[UInt8]] {
      (-1..<colors).map { number in
        let text =
          switch number {
          case -1: "\(first + 9)"
          case ..<8: "\(first + number)"
          case ..<16: "\(first + 60 + number - 8)"
          default: "\(first + 8);5;\(number)"
          }
        return Array(text.utf8)
      }
    }
    (set.foregrounds, set.backgrounds) = (codes(30), codes(40))
    return set
  }

  /// An ink as far as the terminal has it.
  func shown(_ ink: Ink) -> Ink {
    var shown = ink
    if foregrounds.isEmpty { shown.colors = RoleLook.Colors() }
    let hasColor = shown.colors != RoleLook.Colors()
    shown.attributes.formIntersection(attributes)
    if hasColor { shown.attributes.subtract(withoutColor) }
    return shown
  }

  /// The parameters that make one ink of another, with `;` between them; empty if they are the same.
  func change(from pen: Ink, to ink: Ink) -> [UInt8] {
    var all: [UInt8] = []
    func add(_ code: [UInt8]) {
      if !all.isEmpty { all.append(0x3B) }
      all += code
    }
    var attributes = pen.attributes
    for (group, code) in Self.ends
    where !attributes.intersection(group).isSubset(of: ink.attributes) {
      add([0x32, code])
      attributes.subtract(group)
    }
    for (attribute, code) in Self.begins
    where ink.attributes.contains(attribute) && !attributes.contains(attribute) {
      add([code])
    }
    if ink.colors.foreground != pen.colors.foreground {
      add(foregrounds[Int(ink.colors.foreground) + 1])
    }
    if ink.colors.background != pen.colors.background {
      add(backgrounds[Int(ink.colors.background) + 1])
    }
    return all
  }

  /// The second digits of 22, which ends bold and dim, 24 and 27.
  private static let ends: [(Ink.Attributes, UInt8)] = [
    ([.bold, .dim], 0x32), (.underlined, 0x34), (.reversed, 0x37),
  ]
  private static let begins: [(Ink.Attributes, UInt8)] = [
    (.bold, 0x31), (.dim, 0x32), (.underlined, 0x34), (.reversed, 0x37),
  ]
}
