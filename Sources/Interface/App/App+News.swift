import Runs

// What the engine says, and what became of the wish to start another run.
extension App {
  mutating func take(_ event: Event) -> [Effect] {
    desk.run.take(event)
    noteTime(of: event)
    switch event {
    case .acknowledged(let answer):
      desk.control.answered(answer)
      say(answer)
    case .diverged(let found):
      desk.frozen = nil
      desk.say("\(found.task) diverged at step \(grouped(found.step))", .error, untilKey: true)
    case .finished(let summary):
      let scores =
        summary.test.map { "; test of step \(grouped(summary.bestStep)): " + $0.mainScores } ?? ""
      desk.say("ended (\(summary.reason.rawValue))\(scores)", .good, untilKey: true)
    case .failed(let message):
      guard desk.run.description == nil, !desk.earlier.isEmpty else {
        return [.quit(.failed(message))]
      }
      giveUp(message)
    case .knockedOut(let found): desk.say(found.words, untilKey: true)
    case .knockedOutAll(let found): desk.say(found.words, untilKey: true)
    case .thinned(let found): desk.say(found.words, untilKey: true)
    case .noticed(let text, _): desk.say(text, .warning)
    // A phase stays in the status line and in the log; a message would hide the step.
    case .prepared, .phaseBegan, .evaluated, .epochEnded, .dropped: break
    }
    return []
  }

  /// Notes when a run was ready and when it ended.
  private mutating func noteTime(of event: Event) {
    switch event {
    case .prepared:
      desk.run.began = desk.now
      // What was said while the data were read is over.
      desk.control.message = nil
    case .finished: desk.run.ended = desk.now
    default: break
    }
  }

  private mutating func say(_ answer: Acknowledgement) {
    // What a knock-out found says more than that it was done.
    if case .knockOut = answer.effect, answer.outcome == .applied { return }
    switch answer.outcome {
    case .applied:
      desk.say("\(answer.words(desk.run.expertNames)) at step \(grouped(answer.step))", .good)
    case .refused(let reason):
      desk.say(
        "\(answer.command.words(desk.run.expertNames)) refused: \(reason)", .error, untilKey: true)
    }
  }
}

// MARK: - Another run

extension App {
  /// Runs that are kept to compare with, at most.
  static let earlierRuns = 8

  /// Another run has begun: the one before is kept.
  mutating func begin(_ request: StartRequest) {
    desk.frozen = nil
    let number = desk.nextNumber
    if desk.run.description != nil {
      desk.run.ended = desk.run.ended ?? desk.now
      desk.run.end()
      desk.earlier = Array((desk.earlier + [desk.run]).suffix(Self.earlierRuns))
    }
    desk.run = RunState()
    desk.run.number = number
    desk.run.request = request
    desk.control = Control()
    forgetWanted()
    desk.charts.window = nil
    tell(.began(request))
    let kept = desk.earlier.isEmpty ? "" : "; the run before is drawn dim behind"
    desk.say("started \(request.model)\(kept)", .good)
  }

  /// A run on other data has begun: those before are of other rows, and are compared with nothing.
  mutating func open(_ request: StartRequest) {
    desk.settings.first = request
    (desk.selectedTask, desk.taskFilter, desk.preview) = (0, "", nil)
    begin(request)
    desk.earlier = []
    desk.say("started \(request.model) on other data; the runs before are left behind", .good)
  }

  /// The wish was refused: what is shown stays, and the reason is said.
  ///
  /// A question whether it may begin is asked no more.
  mutating func refuse(_ reason: String) {
    if case .question(let question) = desk.mode, question.effects.contains(where: \.isBeginning) {
      desk.mode = .normal
    }
    let lines = reason.split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
    tell(.refused(lines))
    desk.say("not started: \(lines.first ?? "")", .error, untilKey: true)
  }

  /// A run that was started here could not be prepared: the one before is shown again.
  private mutating func giveUp(_ reason: String) {
    if let before = desk.earlier.popLast() { desk.run = before }
    desk.control = Control()
    refuse(reason)
  }

  mutating func tell(_ news: ScreenNews) {
    for index in screens.indices { screens[index].take(news, &desk) }
  }
}

// MARK: - Runs that were kept

extension App {
  /// Shows a run that was kept beside those of the session: its curves can be put behind the live one.
  mutating func show(_ run: StoredRun, _ course: StoredCourse) {
    var shown = RunState(course)
    shown.stored = run
    shown.end()
    if let known = desk.earlier.firstIndex(where: { $0.stored?.id == run.id }) {
      shown.number = desk.earlier[known].number
      desk.earlier[known] = shown
    } else {
      shown.number = desk.nextNumber
      desk.earlier = Array((desk.earlier + [shown]).suffix(Self.earlierRuns))
    }
    tell(.opened(run: shown.number))
    desk.say("run \(shown.number) is \(run.id)", .good)
  }

  /// A run that was kept goes on in place of the one before, with its curves so far.
  mutating func goOn(with run: StoredRun, _ course: StoredCourse) {
    var request = StartRequest(model: run.model)
    request.settings["seed"] = "\(run.seed)"
    begin(request)
    let number = desk.run.number
    desk.run = RunState(course)
    desk.run.number = number
    desk.run.request = request
    desk.run.stored = run
    desk.earlier.removeAll { $0.stored?.id == run.id }
    let step = course.checkpoints.last ?? 0
    desk.say("\(run.id) goes on from step \(grouped(step))", .good)
  }
}

extension RunState {
  /// Lets go of what only a run that goes on can show.
  mutating func end() {
    isReplaced = true
    snapshot.segments = nil
    snapshot.example = nil
    snapshot.views = []
  }
}

extension RunState {
  /// A run as it was recorded.
  init(_ course: StoredCourse) {
    description = course.description
    take(course.losses)
    for event in course.events { take(event) }
    // That of now: what was recorded may begin with an older one.
    description = course.description
    snapshot.step = summary?.step ?? losses.compactMap(\.lastStep).max().map { $0 + 1 } ?? 0
  }
}

extension Desk {
  /// The number of the next run of the session.
  var nextNumber: Int { (allRuns.map(\.number).max() ?? 0) + 1 }
}
