extension DatasetSchema {
  /// An error of reading the log, said for the rule that the column serves.
  func explained(_ error: ReaderError) -> ReaderError {
    switch error {
    case .notANumber(let path, let line, let column, let found, _):
      guard let (use, rule) = numberRule(on: column) else { return error }
      if case .label(let name) = use, !TextRule.looksMissing(found),
        tasks.contains(where: { $0.name == name && $0.kind.hasUnit })
      {
        let first = RowLocation(path, line)
        return .label(.noAmount(task: name, column: column, found: found, first: first))
      }
      return .label(
        .text(use, rule: rule, column: column, found: found, first: RowLocation(path, line)))
    case .missingColumn(_, let column, _):
      guard let use = use(of: column),
        let table = joins.first(where: { $0.columns.contains { $0.source == column } })
      else { return error }
      return .label(.joined(use, column: column, table: table.file))
    default: return error
    }
  }

  /// The first label or space that needs numbers of a column, unless it is a numeric input too.
  private func numberRule(on column: String) -> (RuleUse, TaskSchema.Rule)? {
    for task in tasks {
      if let label = task.label, label.column == column, label.rule.texts == nil {
        return (.label(task: task.name), label.rule)
      }
      if let space = task.space, space.column == column, space.rule.texts == nil {
        return (.space(task: task.name), space.rule)
      }
    }
    return nil
  }

  private func use(of column: String) -> RuleUse? {
    if case .column(column, _, _) = split { return .split }
    if case .time(column, _, _) = split { return .split }
    for task in tasks {
      if task.label?.column == column { return .label(task: task.name) }
      if task.space?.column == column { return .space(task: task.name) }
    }
    return nil
  }
}
