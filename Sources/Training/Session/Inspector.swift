import Datasets
import Foundation
import Graph
import Metrics
import Models
import Runs
import Tensors

/// Fills the expensive views of a snapshot, and only those that a screen wants.
struct Inspector {
  let dataset: Dataset
  let trainer: Trainer
  private let lottery: Lottery?
  private(set) var gates: GateReader
  private var segments: SegmentReader
  private var history = ViewHistory()
  private var inspected: (views: [ModelView], step: Int, made: ContinuousClock.Instant)?
  private var example: (view: ExampleView, asked: ExampleWish, made: ContinuousClock.Instant)?
  private var masks: MaskWatch?
  private var gradients: GradientWatch
  /// The order in which validation rows are shown; nil: as they lie.
  var order: RowOrder? { didSet { example = nil } }
  /// What the model says of a user and an item.
  var explanation = KeptExplanation()
  /// The order that was asked for last, whether or not it is made.
  var askedOrder = RowOrder.Wish()

  init(dataset: Dataset, trainer: Trainer, lottery: Lottery?) {
    self.lottery = lottery
    self.dataset = dataset
    self.trainer = trainer
    masks = lottery.map { MaskWatch($0, tasks: dataset.tasks.map(\.name)) }
    gradients = GradientWatch(trainer)
    gates = GateReader(dataset: dataset, trainer: trainer)
    segments = SegmentReader(dataset: dataset, trainer: trainer, directory: gates.directory)
  }

  /// The gates and experts by name.
  var directory: GateDirectory { gates.directory }

  /// Reads the gates of the newest training step.
  mutating func readGates(rows: Int) { gates.read(rows: rows) }

  /// Looks at the tasks' gradients of the rows that the next step takes, if somebody watches them and
  /// it is time; between epochs there are no such rows yet.
  mutating func lookAtGradients(
    _ batch: @autoclosure () -> Batch?, rate: Double, views: WantedViews, isIdle: Bool
  ) {
    guard views.gradients else { return gradients.pause() }
    guard let batch = batch() else { return }
    gradients.look(batch, rate: rate, isIdle: isIdle)
  }

  /// Adds the wanted views.
  ///
  /// While the run is idle everything is up to date; while it trains a view stays for a while, the
  /// longer the more it costs. While rows are put in order for it no example is shown.
  mutating func fill(
    _ snapshot: inout Snapshot, views: WantedViews, isIdle: Bool, isSorting: Bool = false
  ) {
    if views.gates {
      if gates.gates.isEmpty || isIdle { gates.readValidation() }
      snapshot.gates = gates.gates
      let survey = gates.survey(isIdle: isIdle)
      (snapshot.experts, snapshot.gatePairs) = (survey.experts, survey.pairs)
    }
    if !views.subjects.isDisjoint(with: trainer.subjects) {
      snapshot.views = modelViews(views.subjects, isIdle: isIdle)
    }
    let now = ContinuousClock.now
    if views.ranksSegments { snapshot.segmentRanking = segments.ranking(isIdle: isIdle) }
    if let column = views.segmentColumn {
      snapshot.segments = segments.table(of: column, isIdle: isIdle)
    }
    fillMasks(&snapshot, views: views, isIdle: isIdle)
    if views.gradients { snapshot.gradients = gradients.snapshot }
    if views.explanation != nil { snapshot.explanation = explanation.view }
    if let wish = ExampleWish(views), dataset.validation.count > 0, !isSorting {
      let isFresh =
        example.map {
          $0.asked == wish
            && ($0.view.step == trainer.parameterStep
              || !isIdle && now - $0.made < .milliseconds(250))
        } ?? false
      if !isFresh { example = (exampleView(wish), wish, now) }
      snapshot.example = example?.view
    }
  }

  private mutating func fillMasks(_ snapshot: inout Snapshot, views: WantedViews, isIdle: Bool) {
    guard masks != nil else { return }
    let step = trainer.parameterStep
    if views.masks { snapshot.masks = masks?.summary(step: step) }
    if let window = views.maskWindow { snapshot.maskMap = masks?.map(window, step: step) }
    if let place = views.maskPlace {
      let validation = dataset.validation
      snapshot.maskCell = masks?.cell(place, validation, step: step, isIdle: isIdle)
    }
  }

  /// Notes that masks have changed.
  mutating func masksChanged() {
    let step = trainer.step
    masks?.masksChanged(step: step)
  }

  // MARK: - Saving

  /// Visits the courses that are watched; what is seen of the numbers of now is looked at anew.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.part("masks") { archive throws(ArchiveError) in try masks?.visit(&archive) }
  }

  // MARK: - The model's own views

  /// Notes how the model's traces stand, whether or not they are shown.
  mutating func noteTraces() {
    guard !trainer.subjects.isEmpty, trainer.hasAllRows else { return }
    let step = trainer.step
    masks?.noteMargins(step: step)
    inspect()
  }

  private mutating func modelViews(
    _ subjects: Set<ModelView.Subject>, isIdle: Bool
  ) -> [ModelView] {
    let isFresh =
      inspected.map {
        $0.step == trainer.parameterStep || !isIdle && ContinuousClock.now - $0.made < .seconds(1)
      } ?? false
    if !isFresh { inspect() }
    let now = inspected?.views.filter { subjects.contains($0.subject) } ?? []
    let courses =
      subjects.contains(.masks) ? masks?.courses(step: trainer.parameterStep) ?? [] : []
    return courses + now + history.views(subjects)
  }

  private mutating func inspect() {
    let rows = min(trainer.inspectedRows, dataset.validation.count)
    guard rows > 0 else { return }
    let batch = dataset.validation.batch(from: 0, rows: rows)
    // Forward and backward for every task: few rows, so that a look stays cheap.
    let surveyed = min(256, rows, trainer.capacity)
    var inspection = trainer.inspect(batch, schema: dataset.features)
    if let masks = lottery?.inspect(
      tasks: dataset.tasks.map(\.name), batch: dataset.validation.batch(from: 0, rows: surveyed))
    {
      inspection.views += masks.views
      inspection.traces += masks.traces
    }
    let step = trainer.parameterStep
    let views = inspection.views.map { view in
      var view = view
      view.step = step
      return view
    }
    inspected = (views, step, .now)
    history.note(inspection.traces, step: step)
  }
}
