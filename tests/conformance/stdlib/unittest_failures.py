# args: T.test_fail T.test_err
import unittest, io, re, sys
class T(unittest.TestCase):
    def test_fail(self):
        self.assertEqual({'a': [1, 2]}, {'a': [1, 3]},
                         'msg')
    def test_err(self):
        self.helper(0)
    def helper(self, n): return 1 / n
buf = io.StringIO()
try:
    unittest.main(testRunner=unittest.TextTestRunner(buf))
except SystemExit as e:
    print(re.sub(r'in [\d.]+s', 'in Xs', buf.getvalue()))
    raise
