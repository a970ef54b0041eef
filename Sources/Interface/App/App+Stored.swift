import Runs

// Runs that were kept: how one comes to be among those of the session.
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
  /// A run as it was recorded.
  init(_ course: StoredCourse) {
    description = course.description
    take(course.losses)
    for event in course.events { take(event) }
    // That of now: what was recorded may begin with an older one.
    description = course.description
  }
}

extension Desk {
  /// The number of the next run of the session.
  var nextNumber: Int { (allRuns.map(\.number).max() ?? 0) + 1 }
}
