"""An outside witness of logs (C2SP tlog-witness): a program of its own, with a folder of its own and nothing of the register's."""
