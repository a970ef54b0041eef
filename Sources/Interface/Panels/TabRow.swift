import Runs
import Terminal

/// The first row: the run at the left, the screens at the right.
struct TabRow {
  let screens: [any Screen]
  /// Those that have a tab, by index, in their order; the one that is shown is among them.
  let listed: [Int]
  /// Those that have nothing to show, by index.
  let empty: Set<Int>
  /// The index of the screen that is shown.
  let shown: Int
  let run: RunState
  /// The run that another process trains, and what may be done with it; nil: it is one's own.
  var attached: AttachedRun?

  func draw(on canvas: inout Canvas) {
    let (start, tabs) = tabs(columns: canvas.size.columns)
    for (index, tab) in zip(listed, tabs) {
      if index == shown {
        canvas.write(
          "[\(tab.label)]", row: 0, column: tab.column - 1, style: Style(.title, bold: true))
      } else {
        // A screen with nothing to show stands back behind the others.
        canvas.write(
          tab.label, row: 0, column: tab.column, style: empty.contains(index) ? .dim : .plain)
      }
    }
    canvas.write(name(columns: start - 2), row: 0, column: 1, limit: start - 2)
  }

  /// The program or, of a run of another process, what is done with it; then what the run is.
  private func name(columns: Int) -> [Span] {
    var name = [Span(attached?.word ?? "mtl", style: Style(.title, bold: true))]
    if let attached { name.append(Span(" \(attached.run)", style: .bold)) }
    guard let run = run.description else { return name }
    let title = attached == nil ? Span(" \(run.modelTitle)", style: .bold) : nil
    name += [title].compactMap(\.self)
    // Before the model's name is cut, the program's own gives it its room.
    if let title, columnsTaken(by: name[0].text + title.text) > columns {
      return [Span(run.modelTitle, style: .bold)]
    }
    for more in attached == nil ? [run.data] : [run.modelTitle, run.data] {
      let used = name.reduce(0) { $0 + columnsTaken(by: $1.text) }
      // A few letters of a name say nothing.
      guard used + 3 + min(8, columnsTaken(by: more)) <= columns else { break }
      name.append(Span(" · \(more)", .dim))
    }
    return name
  }

  /// Columns that the name needs: of a run of another process at least what is done with which.
  private func nameColumns(of form: TabForm) -> Int {
    guard let attached else { return form.nameColumns }
    let needed = columnsTaken(by: attached.word) + columnsTaken(by: attached.run)
    return max(form.nameColumns, needed + 3)
  }

  /// The index of the screen whose tab lies at a column; nil between tabs.
  func screen(at column: Int, columns: Int) -> Int? {
    let tab = tabs(columns: columns).tabs.firstIndex {
      column >= $0.column - 1 && column < $0.column + $0.label.count
    }
    return tab.map { listed[$0] }
  }

  /// Where the tabs begin, and where each of them stands.
  private func tabs(columns: Int) -> (start: Int, tabs: [(label: String, column: Int)]) {
    let form = TabForm.allCases.first { width(of: $0) + nameColumns(of: $0) <= columns } ?? .digits
    let start = max(0, columns - width(of: form))
    var column = start + 1
    var tabs: [(label: String, column: Int)] = []
    for index in listed {
      // The brackets of the one that is shown stand beside the gaps, not in them, where these are
      // narrow.
      let isNarrow = form.gap == 1 && index == shown
      let label = label(index, form)
      tabs.append((label, column + (isNarrow ? 1 : 0)))
      column += label.count + form.gap + (isNarrow ? 2 : 0)
    }
    return (start, tabs)
  }

  /// The columns of all tabs and their margins; the same whichever is shown that has something to show.
  private func width(of form: TabForm) -> Int {
    let labels = listed.reduce(0) { $0 + label($1, form).count }
    // Of titles that are cut one is whole: room for the longest, so that nothing moves, but where a
    // screen with nothing to show has more of it.
    func cut(_ index: Int) -> Int {
      numbered(index, screens[index].shortTitle).count - numbered(index, kept(index, form)).count
    }
    let most = listed.filter { !empty.contains($0) }.map(cut).max() ?? 0
    let spare = form == .cut ? max(0, most - cut(shown)) : 0
    let brackets = form.gap == 1 ? 2 : 0
    return labels + spare + form.gap * (listed.count - 1) + brackets + 3
  }

  private func label(_ index: Int, _ form: TabForm) -> String {
    let isWhole = form == .cut && index == shown
    return numbered(index, isWhole ? screens[index].shortTitle : kept(index, form))
  }

  private func numbered(_ index: Int, _ title: String) -> String {
    title.isEmpty ? "\(index + 1)" : "\(index + 1) \(title)"
  }

  /// What there is room for of a title: where titles are cut, the name of the run has the room of those
  /// that lead to nothing.
  private func kept(_ index: Int, _ form: TabForm) -> String {
    form == .cut && empty.contains(index) ? "" : form.kept(of: screens[index])
  }
}

/// A run that another process trains.
struct AttachedRun: Equatable {
  let attachment: ExplorerSettings.Attachment
  /// Its name among the runs that are kept.
  let run: String

  /// What is done with it.
  var word: String { attachment == .watching ? "watching" : "steering" }
}

/// How much of the titles of the screens there is room for, the most first.
private enum TabForm: CaseIterable {
  case whole, short, cut, digits

  /// Columns between tabs.
  var gap: Int { self == .whole ? 2 : 1 }

  /// Columns that are left to the name of the run.
  var nameColumns: Int { self == .whole ? 28 : self == .short ? 12 : 9 }

  func kept(of screen: any Screen) -> String {
    switch self {
    case .whole: screen.title
    case .short: screen.shortTitle
    case .cut: String(screen.shortTitle.prefix(4))
    case .digits: ""
    }
  }
}
