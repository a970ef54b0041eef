/// What the columns of parsed rows are made into: ids, numbers, labels, groups and weights.
struct AssembledColumns: Sendable {
  var features: FeatureSchema
  let fields: FieldColumns
  let dense: DenseColumns
  let labels: LabelColumns
  let groups: GroupColumn?
  let weights: RowWeights?
  let nameless: NamelessRows
  /// What a look at the labels has told, a sentence each.
  let notices: [String]

  /// Memory for rows of a split; those that train may be weighted.
  func memory(rows: Int, ofSplit split: Int, hasSpaces: Bool = false) -> SplitMemory {
    SplitMemory(
      rows: rows, fields: features.fields.count, dense: features.dense.count,
      tasks: labels.scales.count,
      hasSpaces: hasSpaces || labels.hasSpaces || split == 0 && weights != nil,
      lists: fields.lists, hasGroups: groups != nil)
  }

  /// Fills in the rows of a chunk.
  func fill(_ splits: [SplitMemory], _ chunk: ChunkRows) {
    fields.fill(splits, chunk)
    dense.fill(splits, chunk)
    labels.fill(splits, chunk)
    weights?.fill(splits[0], chunk)
    groups?.fill(splits, chunk)
  }
}
