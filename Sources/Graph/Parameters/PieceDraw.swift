import Tensors

/// The first values of a named array: each follows from seed, path and place alone, whoever draws it and
/// when.
struct PieceDraw {
  private let initialiser: Initialiser
  private let random: RandomSource
  private let inputs: Int
  private let outputs: Int

  init(_ piece: ParameterPiece, seed: UInt64) {
    initialiser = piece.initialiser
    random = RandomSource(seed: seed, stream: fnv1a((piece.drawnAs ?? piece.path).utf8))
    inputs = piece.shape.dropFirst().reduce(1, *)
    outputs = piece.shape[0]
  }

  /// The value at an index of the array, row by row.
  func value(_ index: Int) -> Float {
    let i = UInt64(index)
    switch initialiser {
    case .zeros: return 0
    case .constant(let value): return Float(value)
    case .uniform(let range):
      let share = random.uniform(i)
      return Float(range.lowerBound + share * (range.upperBound - range.lowerBound))
    case .normal(let deviation): return Float(random.normal(i) * deviation)
    case .stitch(let columns, let own):
      let entry = index % (columns * columns)
      let isOwn = entry / columns == entry % columns
      return Float(isOwn ? own : (1 - own) / Double(max(1, columns - 1)))
    case .bernoulli(let probability): return random.uniform(i) < probability ? 1 : 0
    case .heNormal: return Float(random.normal(i) * (2 / Double(inputs)).squareRoot())
    case .glorotUniform:
      let limit = (6 / Double(inputs + outputs)).squareRoot()
      return Float((2 * random.uniform(i) - 1) * limit)
    }
  }
}
