import TokenIM
