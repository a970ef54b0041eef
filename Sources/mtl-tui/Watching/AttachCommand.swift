import ArgumentParser
import Foundation
import Interface
import Runs
import Store
import Terminal
import Watching

/// `mtl-tui attach`: the explorer on a run that another process trains.
struct AttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Watch a run on the screen that another process trains.",
    discussion: """
      RUN is an id of `mtl-tui runs list`, the beginning of one, `last`, or a run's folder. The run \
      goes on whatever happens to its watchers; only the person who trains it can attach. Leaving \
      with q ends the watching and not the run.
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: ShellCompletion.runs)
  var name: String
  @Option(help: "The folder of runs that it is among.", completion: .directory) var out: String?
  @Flag(help: "Send commands, too; everybody who watches sees them.") var control = false
  @OptionGroup(title: "Screen options") var screen: ScreenOptions

  func validate() throws {
    if out == "" { throw ValidationError("--out needs a folder.") }
    guard !screen.paused else {
      throw ValidationError("--paused is for a run that begins; --control and P pause this one.")
    }
    guard screen.pace == nil else {
      throw ValidationError("--pace is for a run that begins; --control and :pace set this one's.")
    }
  }

  func run() throws {
    let outcome: (reason: ExitReason, lines: [String])
    do {
      let collection =
        try out.map { RunCollection(path: DataFiles.expandingHome($0)) } ?? RunCollection()
      let folder = try collection.find(name)
      let link = try RemoteLink(folder: folder.path, control: control)
      defer { link.close() }
      if screen.plain { return try followPlainly(link) }
      outcome = try explore(link, run: folder.id)
    } catch let failure as Failure {
      end(failure)
    } catch let code as ExitCode {
      throw code
    } catch {
      // StoreError, WatchError and TerminalError say all of it.
      end(Failure(message: "\(error)"))
    }
    // The terminal is back: what is left to say goes to its ordinary screen.
    if case .failed(let message) = outcome.reason { end(Failure(message: message)) }
    for line in outcome.lines where !line.isEmpty { try StandardOutput.writeLine(line) }
  }

  private func followPlainly(_ link: RemoteLink) throws {
    link.show(PlainRenderer.views)
    TerminationRequest.listen()
    var renderer = PlainRenderer(link)
    let code = try renderer.follow()
    if code != 0 { throw ExitCode(code) }
  }

  private func explore(_ link: RemoteLink, run: String) throws -> (
    reason: ExitReason, lines: [String]
  ) {
    let file = ConfigFile()
    let config = try screen.configuration(file)
    let terminal = try CursesTerminal(color: screen.color, theme: config.theme)
    defer { terminal.close() }
    terminal.useMouse(config.mouse ?? true)
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    let history = LineHistory()
    var settings = ExplorerSettings(
      charset: config.charset(showsUnicode: terminal.showsUnicode, terminal: kind),
      framesPerSecond: config.fps ?? 10, theme: config.theme?.name ?? ExplorerConfig.automatic,
      hasMouse: config.mouse ?? true, keys: config.bindings, showsTour: false,
      models: RunSwitch.models(for: nil))
    settings.typed = history.lines
    settings.terminalHasColors = terminal.colors > 0
    settings.attachment = link.hasControl ? .steering : .watching
    settings.attachedRun = run
    var loop = ExplorerLoop(
      app: App(settings: settings), terminal: terminal, link: link, keeper: file.keep,
      writer: ExportFolder.write, history: history.keep)
    var reason: ExitReason?
    while reason == nil {
      reason = loop.turn() ?? (screen.leave && loop.app.summary != nil ? .left : nil)
    }
    let lines = loop.app.summary.map { [$0.test?.table ?? "", $0.paragraph] }
    return (reason ?? .left, lines ?? ["left at step \(loop.app.step); the run goes on"])
  }
}
