import Datasets

/// Which of some tasks are the click and the conversion: those that a person names, else the pair
/// whose conversions seldom lack their click.
///
/// Of a pair (a, b) the share is that of the rows with b = 1 that have a = 0, among the rows in both
/// sample spaces. Where several pairs lose one conversion in a hundred at most (steps of one
/// chain), the click is the task that comes before most others; what is left is as in the schema.
struct FunnelChoice {
  /// The tasks that were chosen.
  let funnel: Funnel
  /// What a person should know of it.
  private(set) var roles = TaskRoles()

  /// Conversions without their click that a pair may have, as a share, and still be a funnel.
  static let tolerance = 0.01

  private struct Pair {
    let click: Int
    let conversion: Int
    /// Of the conversions, those without their click; nil without conversions.
    let share: Double?

    /// How well the labels fit: 0 within the tolerance, else the share; last without conversions.
    var misfit: Double {
      guard let share else { return 2 }
      return share <= FunnelChoice.tolerance ? 0 : share
    }
  }

  private let tasks: [TaskDefinition]
  private let labels: LabelPairs

  /// Chooses among tasks that have passed ``Funnel/check(click:conversion:of:for:)``.
  init(click: String?, conversion: String?, of tasks: [TaskDefinition], by labels: LabelPairs) {
    self.tasks = tasks
    self.labels = labels
    let pairs = Self.pairs(click: click, conversion: conversion, of: tasks, by: labels)
    let best = pairs.min { a, b in
      (a.misfit, -labels.laterTasks(than: a.click)) < (b.misfit, -labels.laterTasks(than: b.click))
    }
    funnel = Funnel(
      click: best.map { tasks[$0.click].name } ?? click,
      conversion: best.map { tasks[$0.conversion].name } ?? conversion, of: tasks)
    roles.sentences = [sentence(click: click, conversion: conversion)]
    roles.notices = notices(pairs, isSet: click != nil && conversion != nil)
  }

  /// The pairs that the names leave open, in the schema's order; of two tasks that are both open
  /// the direction that fits better, or both if neither does.
  private static func pairs(
    click: String?, conversion: String?, of tasks: [TaskDefinition], by labels: LabelPairs
  ) -> [Pair] {
    let binary = tasks.indicesWithClasses
    return binary.flatMap { a in
      binary.compactMap { b in
        guard a != b, click.map({ $0 == tasks[a].name }) ?? true,
          conversion.map({ $0 == tasks[b].name }) ?? true
        else { return nil }
        if click == nil, conversion == nil, labels.isFirst(b, before: a) == true { return nil }
        let found = labels.counts(of: a, with: b)
        let conversions = found.both + found.secondAlone
        return Pair(
          click: a, conversion: b,
          share: conversions == 0 ? nil : Double(found.secondAlone) / Double(conversions))
      }
    }
  }

  // MARK: - In words

  private var click: String { tasks[funnel.click].name }
  private var conversion: String { tasks[funnel.conversion].name }

  private func sentence(click: String?, conversion: String?) -> String {
    let isTold = labels.isFirst(funnel.click, before: funnel.conversion) != nil
    let found = isTold ? "by the labels" : "as the schema has them"
    switch (click, conversion) {
    case (.some, .some):
      return "the click is \(self.click), the conversion is \(self.conversion), as set"
    case (.some, nil):
      return "the click is \(self.click) as set, the conversion is \(self.conversion) \(found) "
        + "(model.conversion sets it)"
    case (nil, .some):
      return "the click is \(self.click) \(found), the conversion is \(self.conversion) as set "
        + "(model.click sets the click)"
    case (nil, nil):
      return "the click is \(self.click), the conversion is \(self.conversion), \(found) "
        + "(model.click and model.conversion set them)"
    }
  }

  private func notices(_ pairs: [Pair], isSet: Bool) -> [String] {
    var notices: [String] = []
    if let violation { notices.append(violation) }
    guard !isSet else { return notices }
    if labels.isFirst(funnel.click, before: funnel.conversion) == nil {
      notices.append(
        "the labels do not tell which of \(click) and \(conversion) is the click: set it with "
          + "model.click and model.conversion")
    }
    let others = pairs.filter {
      $0.misfit == 0
        && ($0.click, $0.conversion) != (funnel.click, funnel.conversion)
        && ($0.click, $0.conversion) != (funnel.conversion, funnel.click)
    }
    if !others.isEmpty {
      let names = others.map { "\(tasks[$0.conversion].name) after \(tasks[$0.click].name)" }
      notices.append(
        "other tasks could be meant as well (\(names.joined(separator: ", "))): choose with "
          + "model.click and model.conversion")
    }
    return notices
  }

  /// The rows that have a conversion and no click; nil without any.
  private var violation: String? {
    let found = labels.counts(of: funnel.click, with: funnel.conversion)
    guard found.secondAlone > 0 else { return nil }
    let share = Double(found.secondAlone) / Double(found.both + found.secondAlone)
    let rows =
      "\(found.secondAlone) of \(found.rows) rows \(found.secondAlone == 1 ? "has" : "have") "
      + "\(conversion)=1 and \(click)=0"
    let counted =
      found.secondAlone == 1 ? "it counts as no conversion" : "they count as no conversions"
    guard share > Self.tolerance else {
      return "labels are a funnel but for a few: \(rows); \(counted)"
    }
    let reverse =
      found.firstAlone < found.secondAlone
      ? " (the other way round it would be \(found.firstAlone))" : ""
    return "labels are no funnel: \(rows)\(reverse); \(counted); "
      + "model.click and model.conversion choose other tasks"
  }
}
