import Datasets
import Foundation
import Graph
import Models
import Runs

extension Trainer {
  /// Rows whose sentences are shown, and how many of each are kept while they grow.
  static let (shownSentences, shownBeam) = (3, 4)

  /// What the model says of the first rows beside what was said; nil of a model that says nothing.
  func sentences(_ reading: ModelReading) -> ModelView? {
    guard let model = model as? any TextModel, let data = reading.words else { return nil }
    var batch = reading.batch
    batch.rows = min(batch.rows, Self.shownSentences)
    guard batch.rows > 0, batch.drawn != nil else { return nil }
    let decoder =
      answers.decoder
      ?? Decoder(
        model, store: store, tasks: tasks.count, workspace: workspace, rows: Self.shownSentences,
        beam: Self.shownBeam, longest: data.shape.tokens + 1)
    answers.decoder = decoder
    decoder.generate(batch, .beam(width: Self.shownBeam, ranking: .average))
    let passages = (0..<batch.rows).flatMap { row in
      said(inRow: row, batch, decoder, reading, data)
    }
    return ModelView(
      name: "sentences", title: "said and generated",
      note: "What reviews of validation rows say and what the model would, the best of a beam of "
        + "\(Self.shownBeam) by log-probability (nats a word, in brackets)"
        + parties(batch, reading) + ".",
      content: .passages(.init(passages)))
  }

  /// Whose reviews they are, `; row 1: user u3, item i7`; nothing where the data do not say.
  private func parties(_ batch: Batch, _ reading: ModelReading) -> String {
    guard let fields = reading.schema.interactions else { return "" }
    return (0..<batch.rows).map { row in
      let names = [fields.user, fields.item].map { field in
        reading.schema.fields[field].name(of: reading.id(row: row, field: field))
      }
      return "; row \(row + 1): user \(names[0]), item \(names[1])"
    }.joined()
  }

  private func said(
    inRow row: Int, _ batch: Batch, _ decoder: Decoder, _ reading: ModelReading, _ data: TextData
  ) -> [ModelView.Passages.Passage] {
    let own = batch.text(ofRow: row)
    let truth = own < 0 ? "" : data.text(Int(own))
    let words = decoder.sentence(ofRow: row)
    let mean = decoder.logProbability(ofRow: row) / Double(max(1, words.count))
    return [
      .init(name: "row \(row + 1), true", text: truth.isEmpty ? "(no text)" : truth),
      .init(
        name: "generated", text: reading.text(of: words) + "  (\(shortened(mean)) a word)",
        isMarked: true),
    ]
  }

  private func shortened(_ number: Double) -> String { String(format: "%.2f", number) }
}
