package maia.sim;

/// Is told what happens in a run, while it happens.
interface Observer {
  /// An engine begins an instruction.
  void begun(QueueState queue, Entry entry, long now);

  /// An instruction is done: its values are in place.
  void done(QueueState queue, Entry entry, long now);

  /// A signal arrived at a semaphore.
  void gave(QueueState queue, Sem sem, Entry signal, long now);

  /// A queue took what it waited for.
  void took(QueueState queue, Sem sem, long now);

  /// Nobody.
  Observer NONE =
      new Observer() {
        @Override
        public void begun(QueueState queue, Entry entry, long now) {}

        @Override
        public void done(QueueState queue, Entry entry, long now) {}

        @Override
        public void gave(QueueState queue, Sem sem, Entry signal, long now) {}

        @Override
        public void took(QueueState queue, Sem sem, long now) {}
      };
}
