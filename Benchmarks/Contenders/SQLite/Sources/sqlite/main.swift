import GRDB
print(1)
