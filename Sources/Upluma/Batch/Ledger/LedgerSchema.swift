import GRDB

/// The tables of a ledger. A new version is another migration; none that was shipped changes.
enum LedgerSchema {
    /// "Uplm": tells a ledger from other SQLite databases.
    static let applicationID: Int32 = 0x55_70_6C_6D

    /// `claim.chunk` where a whole file is claimed, to be opened or joined.
    static let wholeFile = -1

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: tables)
            try db.execute(sql: indexes)
            for state in BatchFileState.allCases {
                try db.execute(sql: "INSERT INTO total (state) VALUES (?)", arguments: [state.rawValue])
            }
            try db.execute(sql: triggers)
            try db.execute(sql: made)
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE setting (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
        -- What results depend on besides their source, each kind once; the setting current_options names the one in force.
        CREATE TABLE options (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);

        -- Ids are never used twice: parts on the disk carry them, and those of a worker that does not know yet that its file
        -- is done anew must not meet those of its successor.
        CREATE TABLE file (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL UNIQUE,
            output TEXT NOT NULL UNIQUE,
            sourceBytes INTEGER NOT NULL,
            sourceChanged INTEGER NOT NULL,
            options INTEGER NOT NULL REFERENCES options (id),
            state TEXT NOT NULL DEFAULT 'listed',
            changed REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,      -- failures of it and its chunks
            failures INTEGER NOT NULL DEFAULT 0,      -- of its opening, or of its joining
            interruptions INTEGER NOT NULL DEFAULT 0, -- workers that died while they opened or joined it
            reason TEXT,
            error TEXT,                               -- of the last failure
            survey TEXT,                              -- JSON; the next seven are taken from it
            execution TEXT NOT NULL DEFAULT '[]',
            memoryBytes INTEGER NOT NULL DEFAULT 0,
            isSequential INTEGER NOT NULL DEFAULT 0,
            videoSeconds REAL,
            frames INTEGER,
            chunks INTEGER NOT NULL DEFAULT 0,
            waiting INTEGER NOT NULL DEFAULT 0,       -- chunks that are not done
            madeFrames INTEGER NOT NULL DEFAULT 0,
            madeSeconds REAL NOT NULL DEFAULT 0,
            workSeconds REAL NOT NULL DEFAULT 0,
            result TEXT,                              -- JSON, from before the result has its name
            outputBytes INTEGER                       -- once it is done
        );

        CREATE TABLE chunk (
            file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            start INTEGER,
            "end" INTEGER,
            isDone INTEGER NOT NULL DEFAULT 0,
            changed REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            interruptions INTEGER NOT NULL DEFAULT 0, -- workers that died on it since it last came further
            error TEXT,
            frames INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0,
            hash TEXT,
            seconds REAL NOT NULL DEFAULT 0,
            PRIMARY KEY (file, number)
        ) WITHOUT ROWID;

        CREATE TABLE worker (
            id TEXT PRIMARY KEY NOT NULL,
            options INTEGER NOT NULL REFERENCES options (id),
            process INTEGER NOT NULL,
            started REAL NOT NULL
        ) WITHOUT ROWID;

        -- As many rows as workers at most, so it may be read whole.
        CREATE TABLE claim (
            file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            chunk INTEGER NOT NULL,
            kind TEXT NOT NULL,
            worker TEXT NOT NULL REFERENCES worker (id) ON DELETE CASCADE,
            since REAL NOT NULL,
            PRIMARY KEY (file, chunk)
        ) WITHOUT ROWID;

        CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, started REAL NOT NULL, ended REAL NOT NULL);

        -- Sums over files by state, kept by triggers: a screen asks for them many times a second.
        CREATE TABLE total (
            state TEXT PRIMARY KEY NOT NULL,
            files INTEGER NOT NULL DEFAULT 0,
            sourceBytes INTEGER NOT NULL DEFAULT 0,
            timedBytes INTEGER NOT NULL DEFAULT 0,    -- of those whose length is known
            videoSeconds REAL NOT NULL DEFAULT 0,
            madeSeconds REAL NOT NULL DEFAULT 0,
            madeFrames INTEGER NOT NULL DEFAULT 0,
            outputBytes INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        """

    /// Those on files serve one question of a claim each, and hold only the rows it is about; files that failed come last.
    private static let indexes = """
        CREATE INDEX file_state ON file (state, id);
        CREATE INDEX file_listed ON file (attempts, id) WHERE state = 'listed';
        CREATE INDEX file_open ON file (attempts, id, memoryBytes, execution) WHERE state = 'ready' AND waiting > 0;
        CREATE INDEX file_whole ON file (attempts, id, memoryBytes) WHERE state = 'ready' AND waiting = 0;
        CREATE INDEX file_execution ON file (execution) WHERE state = 'ready' AND waiting > 0;
        CREATE INDEX chunk_waiting ON chunk (file, number) WHERE isDone = 0;
        CREATE INDEX claim_worker ON claim (worker);
        """

    private static var triggers: String {
        func change(_ sign: String, _ row: String) -> String {
            """
            UPDATE total SET files = files \(sign) 1,
                sourceBytes = sourceBytes \(sign) \(row).sourceBytes,
                timedBytes = timedBytes \(sign) iif(\(row).videoSeconds IS NULL, 0, \(row).sourceBytes),
                videoSeconds = videoSeconds \(sign) ifnull(\(row).videoSeconds, 0),
                madeSeconds = madeSeconds \(sign) \(row).madeSeconds,
                madeFrames = madeFrames \(sign) \(row).madeFrames,
                outputBytes = outputBytes \(sign) ifnull(\(row).outputBytes, 0)
            WHERE state = \(row).state;
            """
        }
        let counted = "state, sourceBytes, videoSeconds, madeSeconds, madeFrames, outputBytes"
        return """
            CREATE TRIGGER file_in AFTER INSERT ON file BEGIN \(change("+", "NEW")) END;
            CREATE TRIGGER file_out AFTER DELETE ON file BEGIN \(change("-", "OLD")) END;
            CREATE TRIGGER file_moves AFTER UPDATE OF \(counted) ON file
            BEGIN \(change("-", "OLD")) \(change("+", "NEW")) END;
            """
    }
}
