import Datasets
import Graph
import Models
import Tensors

extension Trainer {
  /// Rows for which texts are written side by side.
  static let writtenAtOnce = 64

  /// What the model writes for some rows, the likeliest word each time.
  ///
  /// - Parameters:
  ///   - rows: by number.
  ///   - examples: where they stand.
  ///   - longest: words of a text at most, the end among them.
  /// - Returns: by row its words, without an end; nil of a model that writes nothing.
  func written(for rows: [Int], of examples: Examples, _ longest: Int) -> [[Int32]]? {
    guard let model = model as? any TextModel else { return nil }
    let most = min(Self.writtenAtOnce, evaluationRows)
    let writer =
      answers.writer
      ?? Decoder(
        model, store: store, tasks: tasks.count, workspace: workspace, rows: most,
        longest: longest)
    answers.writer = writer
    let index = Storage<Int32>(count: most, filling: 0)
    var texts: [[Int32]] = []
    for first in stride(from: 0, to: rows.count, by: most) {
      let part = rows[first..<min(first + most, rows.count)]
      for (place, row) in part.enumerated() { index.base[place] = Int32(row) }
      let batch = examples.batch(of: index.base, rows: part.count)
      writer.generate(sources.answered(batch), .greedy)
      texts += part.indices.map { row in
        writer.sentence(ofRow: row - first).filter { $0 != TextVocabulary.end }
      }
    }
    return texts
  }
}
