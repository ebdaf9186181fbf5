# args: -v
import unittest
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): print('setup class')
    def setUp(self): self.x = [1]
    def test_a(self): self.x.append(2); self.assertEqual(self.x, [1, 2])
    @unittest.skip('why')
    def test_b(self): pass
    @unittest.expectedFailure
    def test_c(self): self.assertTrue(0)
    def test_d(self):
        with self.assertRaises(ZeroDivisionError) as c: 1 / 0
        self.assertIn('zero', str(c.exception))
    def test_sub(self):
        """Doc of test."""
        for i in range(2):
            with self.subTest(i=i): self.assertEqual(i * 0, 0)
if __name__ == '__main__':
    import sys
    class R(unittest.TextTestRunner):
        def run(self, t):
            r = unittest.TextTestResult(unittest.runner._WritelnDecorator(sys.stderr), True, 2)
            t(r)
            print(r.testsRun, r.skipped[0][1], len(r.expectedFailures))
            return r
    unittest.main(testRunner=R)
