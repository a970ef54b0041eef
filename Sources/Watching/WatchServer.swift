public import Runs
internal import Synchronization

/// Shows a run to whoever attaches to it, through a socket in the run's folder.
///
/// One thread serves all watchers. It reads the run beside the run's own screen and never makes the
/// run wait: a watcher that takes nothing keeps only itself waiting, and while nobody watches the
/// thread sleeps.
public final class WatchServer: Sendable {
  /// Starts a thread that does this work.
  public typealias ThreadStarter =
    (_ name: String, _ work: @escaping @Sendable () -> Void) throws -> Void

  private let bell: Bell
  private let state = Mutex((isClosing: false, hasEnded: false, counts: ServingCounts()))
  private let path: String

  /// Opens the socket in a folder and begins to serve.
  ///
  /// - Throws: ``WatchError`` where there can be no socket, and what `start` throws.
  public init(
    folder: String, run: any WatchedRun, limits: WatchLimits = WatchLimits(), start: ThreadStarter
  ) throws {
    let bell = try Bell()
    let listener: LocalSocket
    do {
      listener = try LocalSocket.listening(in: folder)
    } catch {
      bell.close()
      throw error
    }
    self.bell = bell
    path = "\(folder)/\(LocalSocket.name)"
    run.openToWatchers()
    do {
      try start("watching") { [self] in
        var loop = ServingLoop(listener, run: run, bell: bell, limits: limits)
        loop.serve { counts in state.withLock { $0.counts = counts } }
        state.withLock { $0.hasEnded = true }
      }
    } catch {
      listener.close()
      bell.close()
      throw error
    }
  }

  /// What the thread has done so far.
  var counts: ServingCounts { state.withLock { $0.counts } }

  /// Tells watchers what the run still has to say and that it ends, and takes the socket away.
  ///
  /// It returns within a moment, whatever watchers do.
  public func close() {
    let isFirst = state.withLock { state in
      defer { state.isClosing = true }
      return !state.isClosing
    }
    if isFirst {
      LocalSocket.remove(at: path)
      bell.ring()
    }
    while !state.withLock({ $0.hasEnded }) { Bell.pause() }
  }
}
