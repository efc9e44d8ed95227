import TokenIM
print("tokenim")
