import Datasets
public import Graph
import Layers
import Runs
import Tensors

/// Gives every row the texts of its user and its item, and its own as what should be said.
///
/// Texts are those of training rows, never the row's own: see ``ReviewGathering``. Nothing is drawn at
/// random, so a row is given the same whenever it is asked for.
public final class ReviewSource: RowSource {
  private let gathering: ReviewGathering
  private let fields: InteractionFields
  private let packed: PackedReviews?
  /// The numbers of the newest rows, [rows, drawnCount].
  let memory: Storage<Int32>
  /// Rows at most.
  public let capacity: Int
  /// Numbers of a row.
  public let drawnCount: Int

  /// What fills slots at a site, and packs as many texts as a shape has beside them, if there is one; nil
  /// where the site knows no texts.
  public init?(_ slots: ReviewSlots, packing shape: ReviewShape? = nil, at site: SourceSite) {
    guard let dataset = site.dataset, let text = dataset.text,
      let interactions = dataset.interactions
    else { return nil }
    gathering = ReviewGathering(text, interactions, training: dataset.training, slots: slots)
    fields = InteractionFields(user: interactions.userField, item: interactions.itemField)
    capacity = site.batchRows
    drawnCount = slots.first + slots.count
    memory = Storage(count: capacity * drawnCount, filling: 0)
    packed = shape.map { PackedReviews(text.corpus, shape: $0, rows: site.batchRows) }
  }

  /// The rows of the batch, with the texts of each.
  public func rows(at step: Int, beside batch: Batch) -> Batch {
    precondition(batch.rows <= capacity, "reviews: \(batch.rows) rows, room for \(capacity)")
    var rows = batch
    rows.drawn = UnsafePointer(memory.base)
    rows.drawnCount = drawnCount
    if let packed {
      packed.clear()
      rows.ragged = UnsafePointer(packed.columns.base)
      (rows.raggedCount, rows.firstParent) = (packed.columns.count, 0)
    }
    guard let ids = batch.ids else { return rows }
    for row in 0..<batch.rows {
      let own = ids + (batch.index.map { Int($0[row]) } ?? row) * batch.fields
      let (user, item, text) = (own[fields.user], own[fields.item], batch.text(ofRow: row))
      gathering.fill(memory.base + row * drawnCount, user: user, item: item, text: text)
      if let packed { gathering.add(to: packed, user: user, item: item, text: text) }
    }
    return rows
  }
}

extension ReviewSlots {
  /// How many texts of a side a row has: those with a token, which are those that masks keep.
  func texts(in columns: Range<Int>, ofRow row: Int, of batch: Batch) -> Int {
    guard let drawn = batch.drawn else { return 0 }
    let own = drawn + row * batch.drawnCount
    return stride(from: columns.lowerBound, to: columns.upperBound, by: tokens).count { first in
      (first..<(first + tokens)).contains { own[$0] != 0 }
    }
  }
}

// MARK: - What models of reviews need

extension InputSpecification {
  /// The shape of the texts; of data without texts, which models of texts refuse, the smallest.
  var text: TextShape {
    schema.text
      ?? TextShape(
        vocabulary: TextVocabulary.specials.count,
        shape: ReviewShape(perUser: 1, perItem: 1, tokens: 1), hasConcepts: false)
  }
}

extension MultiTaskModel {
  /// Refuses data without a user and an item, or without texts of them.
  static func checkReviews(
    of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    guard input.schema.interactions != nil else {
      throw .unfitData(
        model: name, needs: "a user and an item",
        found: "no interactions in the schema",
        fix: "name them, `interactions: {user: COLUMN, item: COLUMN}`, or choose another model")
    }
    guard input.schema.text == nil else { return }
    throw .unfitData(
      model: name, needs: "texts that users wrote of items", found: "no text in the schema",
      fix:
        "give a column `type: text` and gather it, `reviews: {of: COLUMN}`, or choose another model"
    )
  }

  /// Refuses tasks other than one rating and one text.
  static func checkRatingAndText(
    of name: String, _ tasks: [TaskDefinition]
  ) throws(ModelError) {
    let texts = tasks.filter { $0.kind == .text }
    guard tasks.count == 2, texts.count == 1, tasks.contains(where: { $0.kind == .regression })
    else {
      throw .unfitData(
        model: name, needs: "a regression, the rating, and a task `kind: text`, its explanation",
        found: tasks.map { "\(printable($0.name)) (\($0.kind.rawValue))" }
          .joined(separator: ", "),
        fix: "choose the two with --tasks, or another model")
    }
  }
}
